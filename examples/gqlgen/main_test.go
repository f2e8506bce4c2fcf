package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/batchtick/batchtick/examples/gqlgen/store"
	"github.com/batchtick/batchtick/scheduler"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func testStore(t *testing.T) *store.Store {
	s, err := store.Open(t.Context(), 1000)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// Every request sends one statement for each loader in each round, and its answer is that of the loaders with a timer.
func TestStatementsAreThoseExpected(t *testing.T) {
	s := testStore(t)
	var forced atomic.Uint64
	ticking := newTickingHandler(s, func(_ context.Context, stats scheduler.Stats, err error) {
		require.NoError(t, err)
		forced.Add(stats.Forced)
	})
	timed := newTimedHandler(s, time.Millisecond)
	for _, m := range measured {
		t.Run(m.name, func(t *testing.T) {
			want, err := ask(t.Context(), timed, m.query)
			require.NoError(t, err)
			require.Greater(t, len(want.data), 100)
			for range 50 {
				got, err := ask(t.Context(), ticking, m.query)
				require.NoError(t, err)
				require.JSONEq(t, want.data, got.data)
				require.Equal(t, m.statements, got.statements)
			}
		})
	}
	require.Zero(t, forced.Load())
}

func TestServesUntilItIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	lines, stdout := io.Pipe()
	status := make(chan int, 1)
	go func() { status <- run(ctx, []string{"-addr", "127.0.0.1:0", "-users", "100"}, stdout, io.Discard) }()
	line, err := bufio.NewReader(lines).ReadString('\n')
	require.NoError(t, err)
	_, url, found := strings.Cut(strings.TrimSpace(line), "listening on ")
	require.True(t, found, line)

	response, err := http.Post(url, "application/json", strings.NewReader(`{"query":"{ me { id bestFriend { __typename } } }"}`))
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.JSONEq(t, `{"data":{"me":{"id":"1","bestFriend":{"__typename":"User"}}}}`, string(body))
	http.DefaultClient.CloseIdleConnections()
	stop()
	require.Zero(t, <-status)
}

func TestMeasureRewritesTheTableBetweenItsMarkers(t *testing.T) {
	readme := filepath.Join(t.TempDir(), "README.md")
	require.NoError(t, os.WriteFile(readme, []byte("before\n<!-- measured -->\nold\n<!-- /measured -->\nafter\n"), 0o600))
	var out, errs bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"measure", "-runs", "1", "-users", "100", "-readme", readme}, &out, &errs), errs.String())
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	require.Regexp(t, `(?s)^before\n<!-- measured -->\n\n\| Query .*<!-- /measured -->\nafter\n$`, string(text))
	require.Contains(t, string(text), "| idle | 11 | 11 |")
	require.NotContains(t, string(text), "old")
}

func TestMistakesOnTheCommandLine(t *testing.T) {
	for _, args := range [][]string{{"measure", "-runs", "0"}, {"-nonsense"}, {"more"}} {
		var errs bytes.Buffer
		require.Equal(t, 2, run(t.Context(), args, io.Discard, &errs), args)
		require.Contains(t, errs.String(), "-h explains")
	}
	var out bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"-h"}, &out, io.Discard))
	require.Contains(t, out.String(), "usage:")
}
