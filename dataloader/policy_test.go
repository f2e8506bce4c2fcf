package dataloader_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// Two sources answer at different speeds, and what both lead to is loaded from a third: posts and comments, then
// their authors.
func TestPolicyDecidesWhetherLatencySplitsBatches(t *testing.T) {
	for name, row := range map[string]struct {
		policy  scheduler.Policy
		authors [][]int
		took    time.Duration
	}{
		// The authors of the quick posts are asked for at once, those of the slow comments later.
		"Eager": {scheduler.Eager, [][]int{{11, 12}, {21, 22}}, 6 * time.Second},
		// Nobody asks for authors until nothing is in flight: one batch less, and here not a moment later.
		"Lockstep": {scheduler.Lockstep, [][]int{{11, 12, 21, 22}}, 6 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New(scheduler.WithPolicy(row.policy))
				postSource, commentSource, authorSource := &slow{d: time.Second}, &slow{d: 5 * time.Second}, &slow{d: time.Second}
				posts := dataloader.New(s, postSource.fetch)
				comments := dataloader.New(s, commentSource.fetch)
				authors := dataloader.New(s, authorSource.fetch)
				author := func(id int) *promise.Promise[int] { return authors.Load(id + 10) }
				start := time.Now()

				var all []*promise.Promise[int]
				for _, id := range []int{1, 2} {
					all = append(all, posts.Load(id).Then(author), comments.Load(id+10).Then(author))
				}
				run(t, s)

				require.Equal(t, row.authors, authorSource.all())
				require.Equal(t, row.took, time.Since(start))
				require.Equal(t, []int{11, 21, 12, 22}, await(t, promise.All(s, all...)))
			})
		})
	}
}

// The same request makes the same batches whatever the latencies are.
func TestLockstepBatchesDoNotDependOnLatency(t *testing.T) {
	for _, delays := range [][2]time.Duration{{1, 1}, {1, 1000}, {1000, 1}, {3, 2}} {
		synctest.Test(t, func(t *testing.T) {
			s := scheduler.New(scheduler.WithPolicy(scheduler.Lockstep))
			a, b := &slow{d: delays[0] * time.Millisecond}, &slow{d: delays[1] * time.Millisecond}
			loaders := []*dataloader.Loader[int, int]{dataloader.New(s, a.fetch), dataloader.New(s, b.fetch)}
			// Each answer asks the other source for the next key, three deep: crosswise, so that every round waits for both.
			var step func(l, k int) *promise.Promise[int]
			step = func(l, k int) *promise.Promise[int] {
				return loaders[l].Load(k).Then(func(int) *promise.Promise[int] {
					if k >= 30 {
						return promise.Resolve(s, k)
					}
					return step(1-l, k+10)
				})
			}
			step(0, 1)
			step(1, 2)
			step(0, 3)
			step(1, 3)

			run(t, s)

			for _, source := range []*slow{a, b} {
				require.Len(t, source.all(), 4)
			}
			require.Equal(t, [][]int{{1, 3}, {12, 13}, {21, 23}, {32, 33}}, sorted(a.all()))
			require.Equal(t, [][]int{{2, 3}, {11, 13}, {22, 23}, {31, 33}}, sorted(b.all()))
			require.EqualValues(t, 4, s.Stats().Rounds)
		})
	}
}

// Lockstep counts operations, not timers: a long timer must not keep a batch waiting.
func TestLockstepDoesNotWaitForTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New(scheduler.WithPolicy(scheduler.Lockstep))
		source := &slow{d: time.Second}
		users := dataloader.New(s, source.fetch)
		start := time.Now()
		var took time.Duration
		users.Load(1).Done(func(int) { took = time.Since(start) }, nil)
		s.AfterFunc(time.Hour, func() {})

		run(t, s)

		require.Equal(t, time.Second, took)
	})
}

// One loader's own slots are operations too: under Lockstep the batches that wait for one belong to their round.
func TestLockstepWaitsForBatchesBehindASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New(scheduler.WithPolicy(scheduler.Lockstep))
		source, next := &slow{d: time.Second}, &slow{d: time.Second}
		users := dataloader.New(s, source.fetch, dataloader.WithMaxBatchSize(1), dataloader.WithMaxConcurrency(1))
		friends := dataloader.New(s, next.fetch)
		for k := range 3 {
			users.Load(k).Then(friends.Load)
		}

		run(t, s)

		require.Equal(t, [][]int{{0}, {1}, {2}}, source.all())
		require.Equal(t, [][]int{{0, 1, 2}}, next.all())
	})
}

// Lockstep's tick waits for operations. One that is blocked in a call waits for the tick, so it must not count, and counts
// again when it goes on.
func TestLockstepOperationsMayLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New(scheduler.WithPolicy(scheduler.Lockstep))
		source := &slow{d: time.Second}
		users := dataloader.New(s, source.fetch)
		chain := func(d time.Duration, key int) *promise.Promise[int] {
			return promise.Go(s, func(ctx context.Context) (int, error) {
				time.Sleep(d)
				v, err := dataloader.Get(ctx, users, key)
				if err != nil {
					return 0, err
				}
				time.Sleep(d)
				return dataloader.Get(ctx, users, v+10)
			})
		}
		all := promise.All(s, chain(time.Second, 1), chain(time.Minute, 2))
		ctx, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		values, err := all.Await(ctx)
		require.NoError(t, err)
		require.Equal(t, []int{11, 12}, values)
		require.Equal(t, [][]int{{1, 2}, {11, 12}}, sorted(source.all()))
		require.Zero(t, s.Stats().Forced)
	})
}
