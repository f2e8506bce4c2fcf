package trace_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/trace"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// textHandler writes lines without the time.
func textHandler(b *bytes.Buffer, level slog.Level) slog.Handler {
	return slog.NewTextHandler(b, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
}

// drained returns what was logged, and empties the buffer.
func drained(b *bytes.Buffer) string {
	defer b.Reset()
	return b.String()
}

func TestSlogLogsBatchesAndRequests(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var b bytes.Buffer
		loop := scheduler.New(scheduler.WithObserver(trace.SlogHandler(textHandler(&b, slog.LevelDebug))))
		r := &request{t: t, loop: loop}
		users := r.loader("users", time.Second, dataloader.WithMaxBatchSize(2), dataloader.WithMaxConcurrency(1))
		r.run()
		require.Empty(t, b.String(), "nothing happened")

		users.LoadMany([]int{1, 2, 3, 1})
		r.run()
		require.Equal(t, `level=DEBUG msg=batch loader=users round=1 size=2 waited=0s took=1s loads=4 hits=1 keys="[1 2]" part=1 parts=2
level=DEBUG msg=batch loader=users round=1 size=1 waited=1s took=1s loads=0 hits=0 keys=[3] part=2 parts=2
level=INFO msg=request rounds=1 batches=2 keys=3 loads=4 hits=1 largest_batch=2 wall=2s loader_time=2s
`, drained(&b))
		r.run()
		require.NoError(t, loop.Close())
		require.Empty(t, b.String(), "nothing happened since")

		for i := range 2 {
			_, err := users.Load(10 + i).Await(t.Context())
			require.NoError(t, err)
			time.Sleep(time.Hour)
		}
		users.Load(1)
		require.NotContains(t, b.String(), "INFO")
		b.Reset()
		require.NoError(t, loop.Close())
		require.Equal(t, "level=INFO msg=request rounds=2 batches=2 keys=2 loads=3 hits=1 largest_batch=1 wall=2s loader_time=2s\n", b.String())
	})
}

func TestSlogLogsFailures(t *testing.T) {
	for _, row := range []struct {
		name       string
		opts       []trace.Option
		batch, run string
	}{
		{"as they are", nil,
			`level=DEBUG msg=batch loader=users round=1 size=2 waited=0s took=0s loads=2 hits=0 keys="[1 2]" failed_keys=2 error="no row for 1"`,
			`level=INFO msg=request rounds=1 batches=1 keys=2 loads=2 hits=0 largest_batch=2 wall=0s loader_time=0s failed_batches=1 ` +
				`failed_keys=2 error="`},
		{"without keys", []trace.Option{trace.WithoutKeys()},
			`level=DEBUG msg=batch loader=users round=1 size=2 waited=0s took=0s loads=2 hits=0 failed_keys=2 error=*errors.errorString`,
			`level=INFO msg=request rounds=1 batches=1 keys=2 loads=2 hits=0 largest_batch=2 wall=0s loader_time=0s failed_batches=1 ` +
				`failed_keys=2 error=*scheduler.UnhandledError`},
	} {
		t.Run(row.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var b bytes.Buffer
				loop := scheduler.New(scheduler.WithObserver(trace.SlogHandler(textHandler(&b, slog.LevelDebug), row.opts...)))
				users := dataloader.New(loop, func(context.Context, []int) ([]int, error) {
					return nil, errors.New("no row for 1")
				}, dataloader.WithName("users"))
				users.LoadMany([]int{1, 2})
				require.Error(t, loop.Run(t.Context()))
				require.Contains(t, b.String(), row.batch+"\n"+row.run)
			})
		})
	}
}

// The request's line is the only one at level info, and a handler that takes neither gets none.
func TestSlogFollowsTheLevel(t *testing.T) {
	for level, want := range map[slog.Level]int{slog.LevelDebug: 2, slog.LevelInfo: 1, slog.LevelWarn: 0} {
		var b bytes.Buffer
		loop := scheduler.New(scheduler.WithObserver(trace.SlogHandler(textHandler(&b, level))))
		dataloader.New(loop, fetchFriends).Load(1)
		require.NoError(t, loop.Run(t.Context()))
		require.Equal(t, want, bytes.Count(b.Bytes(), []byte("\n")), "%v", level)
	}
	require.PanicsWithValue(t, "trace: SlogHandler(nil): give it a handler, slog.Default().Handler() for instance",
		func() { trace.SlogHandler(nil) })
}

// A handler may take from the ctx what it correlates by: it gets Run's, and Close's line that of the Await before.
func TestSlogGivesTheHandlerTheRequestsContext(t *testing.T) {
	type key struct{}
	h := &contexts{key: key{}}
	loop := scheduler.New(scheduler.WithObserver(trace.SlogHandler(h)))
	users := dataloader.New(loop, fetchFriends)
	users.Load(1).Tap(func(int) {
		_, err := users.Load(2).Await(context.WithValue(t.Context(), key{}, "nested"))
		require.NoError(t, err)
	})
	require.NoError(t, loop.Run(context.WithValue(t.Context(), key{}, "run")))
	_, err := users.Load(4).Await(context.WithValue(t.Context(), key{}, "await"))
	require.NoError(t, err)
	require.NoError(t, loop.Close())
	require.Equal(t, []any{"batch run", "batch run", "request run", "batch await", "request await"}, h.seen)
}

type contexts struct {
	discard
	key  any
	seen []any
}

func (*contexts) Enabled(context.Context, slog.Level) bool { return true }

func (h *contexts) Handle(ctx context.Context, r slog.Record) error {
	h.seen = append(h.seen, r.Message+" "+ctx.Value(h.key).(string))
	return nil
}

type discard struct{}

func (discard) Enabled(context.Context, slog.Level) bool  { return false }
func (discard) Handle(context.Context, slog.Record) error { return nil }
func (d discard) WithAttrs([]slog.Attr) slog.Handler      { return d }
func (d discard) WithGroup(string) slog.Handler           { return d }

func TestABatchThatIsNotLoggedAllocatesNothing(t *testing.T) {
	o := trace.SlogHandler(discard{}).(dataloader.Observer)
	b := &dataloader.BatchInfo{Loader: &dataloader.LoaderInfo{}}
	require.Zero(t, testing.AllocsPerRun(100, func() { o.BatchEnded(b) }))
}

func ExampleSlogHandler() {
	handler := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Value.Kind() == slog.KindDuration { // which differ each time
			return slog.Attr{}
		}
		return a
	}})
	loop := scheduler.New(scheduler.WithObserver(trace.SlogHandler(handler)))
	users := dataloader.New(loop, fetchFriends, dataloader.WithName("users"))
	bestFriend := func(friend int) *promise.Promise[int] { return users.Load(friend) }
	users.Load(1).Then(bestFriend)
	users.Load(2).Then(bestFriend)
	_ = loop.Run(context.Background())
	// Output: level=INFO msg=request rounds=2 batches=2 keys=4 loads=4 hits=0 largest_batch=2
}
