// What a server must not get wrong: a cache that leaks between clients, and work for a client that is gone. The
// batch functions here wait on channels, so each moment that matters is reached for certain and nothing sleeps.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quick() fetchUsers {
	return Directory{Log: log.New(io.Discard, "", 0)}.Users
}

func TestAnswers(t *testing.T) {
	server := httptest.NewServer(newHandler(quick()))
	defer server.Close()
	const ada = `{"id":1,"name":"Ada","bestFriend":"Chidi"}`
	for _, row := range []struct {
		path   string
		status int
		body   string
	}{
		{"/best-friends?id=1&id=2", 200, `{"people":[` + ada + `,{"id":2,"name":"Bruno","bestFriend":"Dana"}],"batches":2}`},
		{"/best-friends?id=1&id=3", 200, `{"people":[` + ada + `,{"id":3,"name":"Chidi","bestFriend":"Ada"}],"batches":1}`},
		{"/best-friends?id=1&id=99", 404, "99"},
		{"/best-friends?id=one", 400, `id="one" is not a number`},
		{"/best-friends", 400, "whose? ask for /best-friends?id=1&id=2"},
		{"/", 404, "404 page not found"},
	} {
		t.Run(row.path, func(t *testing.T) {
			response, err := server.Client().Get(server.URL + row.path)
			require.NoError(t, err)
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			require.Equal(t, row.status, response.StatusCode, "%s", body)
			require.Contains(t, string(body), row.body)
		})
	}
}

func TestAFailingBackendIsABadGateway(t *testing.T) {
	server := httptest.NewServer(newHandler(func(context.Context, []int) (map[int]User, error) {
		return nil, errors.New("the directory is down")
	}))
	defer server.Close()
	response, err := server.Client().Get(server.URL + "/best-friends?id=1")
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusBadGateway, response.StatusCode)
	require.Contains(t, string(body), "the directory is down")
}

// Neither request gets an answer before both have asked the backend: were the cache shared, one of them never would.
func TestTwoRequestsAtOnceShareNoCache(t *testing.T) {
	asked, answer := make(chan []int, 2), make(chan struct{})
	fetch := func(ctx context.Context, ids []int) (map[int]User, error) {
		asked <- ids
		<-answer
		return quick()(ctx, ids)
	}
	server := httptest.NewServer(newHandler(fetch))
	defer server.Close()
	answerBoth := sync.OnceFunc(func() { close(answer) })
	defer answerBoth() // or a failing test would wait for its requests for ever

	done := make(chan int, 2)
	for range 2 {
		go func() {
			response, err := server.Client().Get(server.URL + "/best-friends?id=1&id=3")
			if assert.NoError(t, err) {
				response.Body.Close()
				done <- response.StatusCode
				return
			}
			done <- 0
		}()
	}
	for range 2 {
		select {
		case ids := <-asked:
			require.ElementsMatch(t, []int{1, 3}, ids)
		case status := <-done:
			require.Failf(t, "a request was answered from another's cache", "status %d", status)
		}
	}
	answerBoth()
	require.Equal(t, 200, <-done)
	require.Equal(t, 200, <-done)
}

func TestAClientThatGoesAwayCancelsItsBatch(t *testing.T) {
	for _, row := range []struct {
		name    string
		listens bool
	}{
		{"the backend listens to its context", true},
		{"the backend does not listen, and the handler returns all the same", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			started, cancelled := make(chan struct{}), make(chan error, 1)
			release, fetchReturned, handlerReturned := make(chan struct{}), make(chan struct{}), make(chan struct{})
			fetch := func(ctx context.Context, ids []int) (map[int]User, error) {
				defer close(fetchReturned)
				close(started)
				<-ctx.Done()
				cancelled <- context.Cause(ctx)
				if !row.listens {
					<-release
				}
				return nil, context.Cause(ctx)
			}
			handler := newHandler(fetch)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(handlerReturned)
				handler.ServeHTTP(w, r)
			}))
			defer server.Close()

			ctx, goAway := context.WithCancel(t.Context())
			clientReturned := make(chan error)
			go func() {
				request, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/best-friends?id=1", nil)
				if err == nil {
					_, err = server.Client().Do(request)
				}
				clientReturned <- err
			}()
			<-started
			goAway()
			require.ErrorIs(t, <-clientReturned, context.Canceled)
			require.ErrorIs(t, <-cancelled, context.Canceled)
			<-handlerReturned
			close(release)
			<-fetchReturned
		})
	}
}

// stubborn is a backend that holds its one batch until it is released or cancelled.
type stubborn struct {
	started, release chan struct{}
	cancelled        chan error
}

func newStubborn() stubborn {
	return stubborn{make(chan struct{}), make(chan struct{}), make(chan error, 1)}
}

func (s stubborn) Users(ctx context.Context, ids []int) (map[int]User, error) {
	close(s.started)
	select {
	case <-s.release:
		return map[int]User{1: {1, "Ada", 1}}, nil
	case <-ctx.Done():
		s.cancelled <- context.Cause(ctx)
		return nil, context.Cause(ctx)
	}
}

type reply struct {
	status int
	err    error
}

func ask(url string) chan reply {
	replies := make(chan reply, 1)
	go func() {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		response, err := client.Get(url + "/best-friends?id=1")
		if err != nil {
			replies <- reply{err: err}
			return
		}
		response.Body.Close()
		replies <- reply{status: response.StatusCode}
	}()
	return replies
}

func TestShutdownLetsARequestFinish(t *testing.T) {
	backend := newStubborn()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, shutdown := context.WithCancel(t.Context())
	served := make(chan error)
	go func() { served <- serve(ctx, listener, newHandler(backend.Users), time.Hour) }()

	replies := ask("http://" + listener.Addr().String())
	<-backend.started
	shutdown()
	close(backend.release)
	require.NoError(t, <-served)
	require.Equal(t, reply{status: 200}, <-replies)
}

func TestShutdownWithoutGraceCancelsTheBatch(t *testing.T) {
	backend := newStubborn()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, shutdown := context.WithCancel(t.Context())
	served := make(chan error)
	go func() { served <- serve(ctx, listener, newHandler(backend.Users), 0) }()

	replies := ask("http://" + listener.Addr().String())
	<-backend.started
	shutdown()
	require.ErrorIs(t, <-backend.cancelled, errShutdown)
	require.NoError(t, <-served)
	<-replies // cut off, or an empty answer: both are fair
}

func TestRunServesUntilItIsTold(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var stderr bytes.Buffer
	status := make(chan int)
	go func() {
		defer in.Close()
		status <- run(ctx, []string{"-addr", "127.0.0.1:0", "-latency", "0"}, in, &stderr)
	}()

	lines := bufio.NewScanner(out)
	var url string
	for url == "" && lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "curl '"); ok {
			url = strings.TrimSuffix(rest, "'")
		}
	}
	printed := make(chan string)
	go func() {
		var all strings.Builder
		for lines.Scan() {
			all.WriteString(lines.Text() + "\n")
		}
		printed <- all.String()
	}()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, 200, response.StatusCode)

	stop()
	require.Zero(t, <-status)
	log := <-printed
	require.Regexp(t, `directory: asked for \[1 2\]\n.*directory: asked for \[3 4\]`, log)
	require.True(t, strings.HasSuffix(log, "bye\n"), log)
	require.Empty(t, stderr.String())
}

func TestHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"-h"}, &stdout, &stderr))
	require.Contains(t, stdout.String(), "default 127.0.0.1:8080")
	require.Contains(t, stdout.String(), "example: -addr 127.0.0.1:9000")
	require.Empty(t, stderr.String())
}

func TestBadFlagsAreOneLineAndStatusTwo(t *testing.T) {
	for args, want := range map[string]string{
		"-latency -1s":  `invalid value "-1s" for flag -latency: want a duration such as 10s, and none below 0`,
		"-latency soon": `invalid value "soon" for flag -latency: want a duration such as 10s, and none below 0`,
		"-port 80":      "flag provided but not defined: -port",
		"8080":          `unexpected argument "8080"`,
	} {
		t.Run(args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Equal(t, 2, run(t.Context(), strings.Fields(args), &stdout, &stderr))
			require.Empty(t, stdout.String())
			require.Equal(t, "http: "+want+" (-h explains the flags)\n", stderr.String())
		})
	}
}

func TestAnAddressInUseIsSaid(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	var stdout, stderr bytes.Buffer
	require.Equal(t, 1, run(t.Context(), []string{"-addr", taken.Addr().String()}, &stdout, &stderr))
	require.Contains(t, stderr.String(), "choose another address with -addr")
}
