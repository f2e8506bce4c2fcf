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

// An inline batch function that awaits a load of its own loader drives the loop from within the tick end: that load must
// go out there, or both wait for ever.
func TestInlineBatchFunctionMayAwaitItsOwnLoader(t *testing.T) {
	s := scheduler.New()
	var depth *dataloader.Loader[int, int]
	depth = dataloader.New(s, func(ctx context.Context, keys []int) ([]int, error) {
		values := make([]int, len(keys))
		for i, k := range keys {
			if k == 0 {
				continue
			}
			below, err := depth.Load(k - 1).Await(ctx)
			if err != nil {
				return nil, err
			}
			values[i] = below + 1
		}
		return values, nil
	}, dataloader.WithInline())
	p := depth.Load(20)
	require.NoError(t, s.Run(t.Context()))
	v, err, _ := p.Result()
	require.NoError(t, err)
	require.Equal(t, 20, v)
}

// A batch function on the loop that awaits a load of its own loader holds one of the slots; the load must get the other as
// soon as that is free, or both wait for ever.
func TestABatchThatEndsWhileAnotherIsStartingGivesItsSlotOn(t *testing.T) {
	s := scheduler.New()
	first, r := promise.WithResolvers[[]promise.Result[int]](s)
	var loader *dataloader.Loader[int, int]
	loader = dataloader.NewPromised(s, func(ctx context.Context, keys []int) *promise.Promise[[]promise.Result[int]] {
		switch keys[0] {
		case 1:
			return first
		case 2:
			third := loader.Load(3)
			s.AtTickEnd(func() { // when the batch of 3 has been cut, and waits for a slot
				s.Post(func() { r.Resolve([]promise.Result[int]{{Value: 1}}) })
			})
			v, err := third.Await(ctx)
			return promise.Resolve(s, []promise.Result[int]{{Value: v + 1, Err: err}})
		default:
			return dataloader.Values(s, keys)
		}
	}, dataloader.WithoutBatching(), dataloader.WithMaxConcurrency(2))
	values, err := loader.LoadMany([]int{1, 2}).Await(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int{1, 4}, values)
}

// A batch function that loads from its own goroutine is a mistake that must say so, and must not leave a promise in the cache
// that nobody will ever settle.
func TestLoadFromABatchFunctionsGoroutineSaysSoAndPoisonsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		posts := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) { return keys, nil })
		users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
			time.Sleep(time.Millisecond) // the loop is waiting by now
			_, err := posts.Load(7).Await(t.Context())
			return keys, err
		})
		users.Load(1).Done(func(int) { t.Error("it was served") }, func(err error) {
			require.ErrorContains(t, err, "another goroutine")
		})
		_ = s.Run(t.Context())
		v, err := posts.Load(7).Await(t.Context())
		require.NoError(t, err)
		require.Equal(t, 7, v)
	})
}
