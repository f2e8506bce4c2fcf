package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/batchtick/batchtick/examples/graphql/page"
)

func TestMain(m *testing.M) {
	if postgresURL() == "" {
		if os.Getenv("BATCHTICK_REQUIRE_POSTGRES") != "" {
			fmt.Fprintln(os.Stderr, "BATCHTICK_REQUIRE_POSTGRES is set, but BATCHTICK_POSTGRES has no URL (see postgres.sh)")
			os.Exit(1)
		}
		fmt.Fprintln(os.Stderr, "BATCHTICK_POSTGRES has no URL: the tests run on SQLite alone (see postgres.sh)")
	}
	goleak.VerifyTestMain(m)
}

func postgresURL() string { return os.Getenv("BATCHTICK_POSTGRES") }

// testUsers makes a small graph of the same kind.
const testUsers = 500

// eachDatabase runs a test on SQLite, and on PostgreSQL if there is one.
func eachDatabase(t *testing.T, test func(t *testing.T, s *store)) {
	t.Run("SQLite", func(t *testing.T) { test(t, openTest(t, "")) })
	if postgresURL() != "" {
		t.Run("PostgreSQL", func(t *testing.T) { test(t, openTest(t, newPostgresDatabase(t))) })
	}
}

func openTest(t *testing.T, dsn string) *store {
	s, err := open(t.Context(), dsn, testUsers, silent)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

var databases atomic.Int64

// newPostgresDatabase makes an empty database that lives as long as the test.
func newPostgresDatabase(t *testing.T) (dsn string) {
	admin, err := sql.Open("pgx", postgresURL())
	require.NoError(t, err)
	name := fmt.Sprintf("batchtick_%d_%d", os.Getpid(), databases.Add(1))
	_, err = admin.ExecContext(t.Context(), "CREATE DATABASE "+name)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		require.NoError(t, err)
		require.NoError(t, admin.Close())
	})
	u, err := url.Parse(postgresURL())
	require.NoError(t, err)
	u.Path = "/" + name
	return u.String()
}

func newTestAPI(t *testing.T, s *store) *api {
	a, err := newAPI(s)
	require.NoError(t, err)
	return a
}

// startTest serves a for as long as the test lasts.
func startTest(t *testing.T, a *api, timeout time.Duration) client {
	server := httptest.NewServer(newHandler(a, timeout, http.NotFoundHandler()))
	t.Cleanup(server.Close)
	return client{http: server.Client(), url: server.URL}
}

func TestRunServesUntilItIsTold(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var stderr bytes.Buffer
	status := make(chan int)
	go func() {
		defer in.Close()
		status <- run(ctx, []string{"-addr", "127.0.0.1:0", "-users", "100"}, in, &stderr)
	}()
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan())
	require.Regexp(t, `^100 users in SQLite, listening on http://127\.0\.0\.1:\d+$`, lines.Text())
	root := regexp.MustCompile(`http://\S+`).FindString(lines.Text())
	c := client{http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, url: root}
	data, err := c.ask(t.Context(), `{ me { id } }`, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]any{"me": map[string]any{"id": "1"}}, data)
	response, err := c.http.Get(root)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, 200, response.StatusCode)

	stop()
	require.True(t, lines.Scan())
	require.Equal(t, "bye", lines.Text())
	require.Zero(t, <-status)
	require.Empty(t, stderr.String(), "no progress bar where there is no terminal")
	require.NotNil(t, page.Handler())
}

func TestBadFlagsAreOneLineAndStatusTwo(t *testing.T) {
	for args, want := range map[string]string{
		"-port 80":                          "flag provided but not defined: -port",
		"8080":                              `unexpected argument "8080"`,
		"load -clients 0":                   "want 1 to 5000 clients, for up to 10m0s",
		"load -for 1h":                      "want 1 to 5000 clients, for up to 10m0s",
		"load -url http://example.com":      `-url "http://example.com": only a loopback address may be put under load, such as 127.0.0.1`,
		"load -url http://192.168.0.1:8080": `-url "http://192.168.0.1:8080": only a loopback address may be put under load, such as 127.0.0.1`,
		"measure -runs 0":                   "want 1 run at least",
	} {
		t.Run(args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Equal(t, 2, run(t.Context(), strings.Fields(args), &stdout, &stderr))
			require.Empty(t, stdout.String())
			require.Equal(t, "graphql: "+want+" (-h explains the flags)\n", stderr.String())
		})
	}
}

func TestHelp(t *testing.T) {
	for args, want := range map[string]string{"-h": "-dsn", "load -h": "-clients", "measure -h": "-readme"} {
		var stdout, stderr bytes.Buffer
		require.Zero(t, run(t.Context(), strings.Fields(args), &stdout, &stderr))
		require.Contains(t, stdout.String(), want)
		require.Empty(t, stderr.String())
	}
}

func TestADatabaseThatCannotBeHadIsSaid(t *testing.T) {
	for _, dsn := range []string{"postgres://127.0.0.1:1/none", t.TempDir() + "/no/such/folder.db"} {
		var stdout, stderr bytes.Buffer
		require.Equal(t, 1, run(t.Context(), []string{"-dsn", dsn}, &stdout, &stderr))
		require.Contains(t, stderr.String(), "graphql: can't reach the database")
	}
}
