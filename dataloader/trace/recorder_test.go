package trace_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/trace"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// short is a batch in a word.
func short(batches []*dataloader.BatchInfo) (all []string) {
	for _, b := range batches {
		all = append(all, fmt.Sprint(b.Round, " ", b.Loader.Name, b.Keys))
	}
	return all
}

// Batches start on goroutines, in any order, and end in that of their durations. The record is in that of the dispatch.
func TestBatchesAreInTheOrderOfTheirDispatch(t *testing.T) {
	for range 50 {
		r := newRequest(t)
		r.loader("unused", 0)
		slow, quick := r.loader("slow", time.Millisecond, dataloader.WithMaxBatchSize(1)), r.loader("quick", 0)
		quick.Load(1).Then(slow.Load)
		slow.LoadMany([]int{3, 2})
		r.loader("late", 0).Load(1)
		r.run()
		require.Equal(t, []string{"1 quick[1]", "1 slow[3]", "1 slow[2]", "1 late[1]", "2 slow[1]"}, short(r.rec.Batches()))
	}
	require.Empty(t, trace.New().Batches())
}

func TestARequestThatOnlyAwaitsIsOneRun(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRequest(t)
		users := r.loader("users", time.Second)
		for i := range 3 {
			_, err := users.LoadMany([]int{2 * i, 2*i + 1}).Await(t.Context())
			require.NoError(t, err)
			time.Sleep(time.Second)
		}
		require.NoError(t, r.loop.Close())
		require.NotContains(t, r.rec.Text(), "run 1")
		s := r.rec.Summary()
		require.Equal(t, []any{3, 3, 6}, []any{s.Rounds, s.Batches, s.Keys})
		require.Equal(t, 3*time.Second, s.Wall, "what happens between two Awaits is not the loop's time")
	})
}

func TestTheRecordCanBeReadInACallback(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRequest(t)
		users, posts := r.loader("users", time.Second), r.loader("posts", time.Second)
		var during trace.Summary
		var batches []string
		var text string
		users.LoadMany([]int{1, 2}).Then(func([]int) *promise.Promise[[]int] {
			time.Sleep(time.Second)
			text = r.rec.Text(trace.TextPlain())
			during, batches = r.rec.Summary(), short(r.rec.Batches())
			return posts.LoadMany([]int{3, 4})
		})
		r.run()
		require.Equal(t, []string{"1 users[1 2]"}, batches)
		require.Equal(t, 2*time.Second, during.Wall)
		require.Contains(t, text, "took  0                                            2s\n", "the callback is on the time line")
		require.Equal(t, uint64(2), during.Loads)
		require.Equal(t, 2, r.rec.Summary().Batches)
	})
}

// A batch function that does not listen to ctx starts and ends when it likes.
func TestABatchOutlivesItsRun(t *testing.T) {
	for range 100 {
		r := newRequest(t)
		ctx, cancel := context.WithCancel(t.Context())
		release, done := make(chan struct{}), make(chan struct{})
		stubborn := dataloader.New(r.loop, func(_ context.Context, keys []int) ([]int, error) {
			defer close(done)
			cancel()
			<-release
			return keys, nil
		}, dataloader.WithName("stubborn"))
		stubborn.Load(1)
		err := r.loop.Run(ctx)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, []string{"1 stubborn[1]"}, short(r.rec.Batches()))
		require.Contains(t, r.rec.Text(trace.TextPlain()), "! context canceled")
		require.Zero(t, r.rec.Summary().Running)
		close(release)
		<-done
	}
}

func TestARecorderIsForOneScheduler(t *testing.T) {
	const text = "trace: one Recorder was given to two schedulers; make one with trace.New for each request, or use Totals"
	rec := trace.New()
	first := scheduler.New(scheduler.WithObserver(rec))
	dataloader.New(first, fetchFriends)
	second := scheduler.New(scheduler.WithObserver(rec))
	require.PanicsWithValue(t, text, func() { dataloader.New(second, fetchFriends) })
	require.PanicsWithValue(t, text, func() { _ = second.Run(t.Context()) })
	require.NoError(t, first.Run(t.Context()))
}

func TestOptionsMustFit(t *testing.T) {
	require.PanicsWithValue(t, "trace: WithKeys(nil): give it a func that shows a key, or use WithoutKeys",
		func() { trace.New(trace.WithKeys(nil)) })
}

func TestSummaryCounts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRequest(t)
		users := r.loader("users", 2*time.Second)
		odd := dataloader.New(r.loop, func(_ context.Context, keys []int) ([]int, error) {
			time.Sleep(time.Second)
			return keys, dataloader.Errors{nil, errors.New("odd"), nil}
		}, dataloader.WithName("odd"))
		users.LoadMany([]int{1, 2, 3, 4, 1})
		odd.LoadSettled([]int{8, 9, 10})
		r.run()
		users.Load(1) // after the last batch: only the loader knows of this hit
		s := r.rec.Summary()
		loaders := s.Loaders
		s.Loaders = nil
		require.Equal(t, trace.Summary{
			Rounds: 1, Batches: 2, Keys: 7, Loads: 9, Hits: 2, FailedKeys: 1,
			Largest:  trace.Extreme{Loader: "users", Round: 1, Keys: 4},
			Smallest: trace.Extreme{Loader: "odd", Round: 1, Keys: 3},
			Wall:     2 * time.Second, LoaderTime: 3 * time.Second,
		}, s)
		require.Equal(t, []trace.LoaderSummary{{Name: "users", Stats: users.Stats()}, {Name: "odd", Stats: odd.Stats()}}, loaders)
		require.Equal(t, "1 round, 2 batches, 7 keys; 9 loads, 2 hits; 2s in the loop, 3s in batch functions; "+
			"0 batches and 1 key failed", s.String())
	})
	require.Equal(t, "nothing was loaded", trace.New().Summary().String())
}
