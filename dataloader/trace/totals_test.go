package trace_test

import (
	"context"
	"encoding/json"
	"expvar"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/trace"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestTotalsSumOverRequests(t *testing.T) {
	var totals trace.Totals
	require.JSONEq(t, `{"requests":0,"scheduler":{"ticks":0,"rounds":0,"jobs":0,"operations":0,"forced":0},"loaders":null}`, totals.String())

	var mu sync.Mutex
	var wantLoop scheduler.Stats
	want := map[string]dataloader.Stats{}
	var requests sync.WaitGroup
	for i := range 50 {
		requests.Go(func() {
			loop := scheduler.New(scheduler.WithObserver(totals.Observer()))
			users := dataloader.New(loop, fetchFriends, dataloader.WithName("users"))
			posts := dataloader.New(loop, fetchFriends, dataloader.WithName("posts"), dataloader.WithMaxBatchSize(1))
			_, err := users.LoadMany([]int{1, 2, 1}).Await(t.Context())
			require.NoError(t, err)
			users.Load(i).Then(func(int) *promise.Promise[int] { return posts.Load(3) }).Then(func(int) *promise.Promise[int] {
				v, err := users.Load(7).Await(t.Context())
				require.NoError(t, err)
				return users.Load(v - 2) // a hit, after the last batch
			})
			require.NoError(t, loop.Run(t.Context()))
			require.NoError(t, loop.Close())
			mu.Lock()
			defer mu.Unlock()
			wantLoop = wantLoop.Add(loop.Stats())
			want["users"] = want["users"].Add(users.Stats())
			want["posts"] = want["posts"].Add(posts.Stats())
		})
	}
	requests.Wait()
	got := totals.Snapshot()
	require.Equal(t, trace.Snapshot{Requests: 50, Scheduler: wantLoop, Loaders: want}, got)
	got.Loaders["users"] = dataloader.Stats{}
	require.Equal(t, want, totals.Snapshot().Loaders, "a snapshot is a copy")

	var decoded trace.Snapshot
	require.NoError(t, json.Unmarshal([]byte(totals.String()), &decoded))
	require.Equal(t, want, decoded.Loaders)
}

func TestAnObserverOfTotalsIsForOneScheduler(t *testing.T) {
	var totals trace.Totals
	for name, o := range map[string]scheduler.Observer{"totals": totals.Observer(), "slog": trace.SlogHandler(discard{})} {
		first, second := scheduler.New(scheduler.WithObserver(o)), scheduler.New(scheduler.WithObserver(o))
		require.NoError(t, first.Run(t.Context()))
		require.PanicsWithValue(t, "trace: one observer was given to two schedulers; make one for each request",
			func() { dataloader.New(second, fetchFriends) }, name)
	}
}

func ExampleTotals() {
	var totals trace.Totals
	expvar.Publish("loaders", &totals)
	for range 3 { // requests
		loop := scheduler.New(scheduler.WithObserver(totals.Observer()))
		users := dataloader.New(loop, fetchFriends, dataloader.WithName("users"))
		users.LoadMany([]int{1, 2, 1})
		if err := loop.Run(context.Background()); err != nil {
			fmt.Println(err)
		}
	}
	s := totals.Snapshot()
	users := s.Loaders["users"]
	fmt.Println(s.Requests, "requests,", users.Batches, "batches,", users.Keys, "keys,", users.Hits, "hits")
	// Output: 3 requests, 3 batches, 6 keys, 3 hits
}
