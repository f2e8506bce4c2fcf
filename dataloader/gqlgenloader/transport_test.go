package gqlgenloader_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver"
	"github.com/batchtick/batchtick/scheduler"
)

// site is a server on a port of its own. Nothing in it relies on patience.
type site struct {
	log   testserver.Log
	ended chan scheduler.Stats // of each scheduler, as it ends
	url   string
}

func newSite(t *testing.T) *site {
	leaks := goleak.IgnoreCurrent()
	s := &site{ended: make(chan scheduler.Stats, 100)}
	srv := handler.New(testserver.Unlimited())
	srv.AddTransport(transport.Websocket{})
	srv.AddTransport(transport.SSE{})
	srv.AddTransport(transport.POST{})
	srv.Use(&gqlgenloader.Extension{
		Loaders:  s.log.Loaders,
		Patience: -1,
		Ended:    func(_ context.Context, stats scheduler.Stats, _ error) { s.ended <- stats },
	})
	server := httptest.NewServer(srv)
	s.url = server.URL
	t.Cleanup(func() {
		server.Close()
		goleak.VerifyNone(t, leaks)
	})
	return s
}

// wait waits until so many schedulers have ended.
func (s *site) wait(t *testing.T, n int) {
	for range n {
		select {
		case <-s.ended:
		case <-time.After(time.Minute):
			require.Fail(t, "a scheduler does not end", "%v", s.log.Batches())
		}
	}
	require.Empty(t, s.ended)
}

// post sends an operation. What it returns is the body.
func (s *site) post(ctx context.Context, t *testing.T, accept, query string) (*bufio.Reader, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, strings.NewReader(`{"query":"`+query+`"}`))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", accept)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		_ = response.Body.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return bufio.NewReader(response.Body), nil
}

func TestOverServerSentEvents(t *testing.T) {
	s := newSite(t)
	body, err := s.post(t.Context(), t, "text/event-stream", `subscription { crowds { friend { friend { id } } boss { id } } }`)
	require.NoError(t, err)
	all, err := io.ReadAll(body)
	require.NoError(t, err)
	require.Equal(t, 5, strings.Count(string(all), "event: next"), "%s", all)
	require.Contains(t, string(all), "event: complete")
	require.Equal(t, [][]int{
		{11, 12, 13, 1001, 1002, 1003}, {21, 22, 23}, {15, 1005}, {25}, {16, 17, 18, 19, 1006, 1007, 1008, 1009}, {26, 27, 28, 29},
	}, s.log.Batches())
	s.wait(t, 7)
}

type message struct {
	Type    string          `json:"type"`
	ID      string          `json:"id,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// socket opens a connection that speaks graphql-transport-ws.
func (s *site) socket(t *testing.T) *websocket.Conn {
	c, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(s.url, "http"), &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"},
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.CloseNow() })
	send(t, c, message{Type: "connection_init"})
	require.Equal(t, "connection_ack", receive(t, c).Type)
	return c
}

func send(t *testing.T, c *websocket.Conn, m message) {
	require.NoError(t, wsjson.Write(t.Context(), c, m))
}

func receive(t *testing.T, c *websocket.Conn) (m message) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, wsjson.Read(ctx, c, &m))
	if m.Type == "ping" || m.Type == "pong" {
		return receive(t, c)
	}
	return m
}

func subscribe(id, query string) message {
	return message{ID: id, Type: "subscribe", Payload: json.RawMessage(`{"query":"` + query + `"}`)}
}

// Several operations share a connection, each with schedulers of its own.
func TestOverWebsockets(t *testing.T) {
	s := newSite(t)
	c := s.socket(t)
	send(t, c, subscribe("a", `subscription { visits(user: 1) { friend { friend { id } } boss { id } } }`))
	send(t, c, subscribe("b", `query { users(first: 3) { friend { id } } }`))
	got := map[string]int{}
	for got["complete a"]+got["complete b"] < 2 {
		m := receive(t, c)
		got[m.Type+" "+m.ID]++
	}
	require.Equal(t, map[string]int{"next a": 3, "complete a": 1, "next b": 1, "complete b": 1}, got)
	require.ElementsMatch(t, [][]int{
		{1}, {11, 1001}, {21}, {12, 1002}, {22}, {13, 1003}, {23}, {11, 12, 13},
	}, s.log.Batches())
	s.wait(t, 5+1)
}

// A client that has had one event, and leaves while the stream is silent.
func TestTheClientLeavesASilentStream(t *testing.T) {
	const query = `subscription { idle { friend { id } } }`
	for name, leave := range map[string]func(*testing.T, *websocket.Conn){
		"without a word": func(t *testing.T, c *websocket.Conn) { require.NoError(t, c.CloseNow()) },
		"politely":       func(_ *testing.T, c *websocket.Conn) { _ = c.Close(websocket.StatusNormalClosure, "") },
		"this stream only": func(t *testing.T, c *websocket.Conn) {
			send(t, c, message{ID: "a", Type: "complete"})
			require.Equal(t, "complete", receive(t, c).Type)
			send(t, c, subscribe("b", `query { user(id: 0) { id } }`))
			require.Equal(t, "next", receive(t, c).Type)
		},
	} {
		t.Run("a websocket, "+name, func(t *testing.T) {
			s := newSite(t)
			c := s.socket(t)
			send(t, c, subscribe("a", query))
			require.JSONEq(t, `{"data":{"idle":{"friend":{"id":11}}}}`, string(receive(t, c).Payload))
			leave(t, c)
			n := 3
			if strings.HasPrefix(name, "this") {
				n++
			}
			s.wait(t, n)
		})
	}
	t.Run("server-sent events", func(t *testing.T) {
		s := newSite(t)
		ctx, leave := context.WithCancel(t.Context())
		defer leave()
		body, err := s.post(ctx, t, "text/event-stream", query)
		require.NoError(t, err)
		for line := ""; !strings.HasPrefix(line, "data:"); {
			line, err = body.ReadString('\n')
			require.NoError(t, err)
		}
		leave()
		s.wait(t, 3)
	})
}

// A client that leaves while a batch is under way: whoever waits for it is woken, and the batch is told.
func TestTheClientLeavesDuringABatch(t *testing.T) {
	for name, ask := range map[string]func(context.Context, *testing.T, *site){
		"a query": func(ctx context.Context, t *testing.T, s *site) {
			_, err := s.post(ctx, t, "application/json", `{ users(first: 3) { friend { friend { id } } boss { id } } }`)
			require.ErrorIs(t, err, context.Canceled)
		},
		"an event over SSE": func(ctx context.Context, t *testing.T, s *site) {
			body, err := s.post(ctx, t, "text/event-stream", `subscription { crowds { friend { friend { id } } } }`)
			if err == nil { // it may leave before the answer has begun
				_, err = io.ReadAll(body)
			}
			require.ErrorIs(t, err, context.Canceled)
		},
		"an event over a websocket": func(ctx context.Context, t *testing.T, s *site) {
			c := s.socket(t)
			send(t, c, subscribe("a", `subscription { crowds { friend { friend { id } } } }`))
			<-ctx.Done()
			require.NoError(t, c.CloseNow())
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			told := make(chan struct{})
			s.log.Before = func(batch context.Context) {
				leave()
				<-batch.Done()
				close(told)
			}
			ask(ctx, t, s)
			<-told
			n := 1
			if name != "a query" {
				n = 3 // the transport asks for the next event before it ends
			}
			s.wait(t, n)
			require.Len(t, s.log.Batches(), 1)
		})
	}
}
