package dataloader_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// buildUsers makes the same loader in each way in which a batch function can be run.
var buildUsers = map[string]func(*scheduler.Scheduler, dataloader.BatchFunc[int, int]) *dataloader.Loader[int, int]{
	"goroutine": func(s *scheduler.Scheduler, f dataloader.BatchFunc[int, int]) *dataloader.Loader[int, int] {
		return dataloader.New(s, f)
	},
	"inline": func(s *scheduler.Scheduler, f dataloader.BatchFunc[int, int]) *dataloader.Loader[int, int] {
		return dataloader.New(s, f, dataloader.WithInline())
	},
	"mapped": func(s *scheduler.Scheduler, f dataloader.BatchFunc[int, int]) *dataloader.Loader[int, int] {
		return dataloader.NewMapped(s, func(ctx context.Context, keys []int) (map[int]int, error) {
			values, err := f(ctx, keys)
			m := map[int]int{}
			for i, v := range values {
				m[keys[i]] = v
			}
			return m, err
		})
	},
	"promised": func(s *scheduler.Scheduler, f dataloader.BatchFunc[int, int]) *dataloader.Loader[int, int] {
		return dataloader.NewPromised(s, func(ctx context.Context, keys []int) *promise.Promise[[]promise.Result[int]] {
			values, err := f(ctx, keys)
			if err != nil {
				return promise.Reject[[]promise.Result[int]](s, err)
			}
			return dataloader.Values(s, values)
		})
	},
}

func TestPanicInABatchFunctionRejectsItsBatchAlone(t *testing.T) {
	for name, build := range buildUsers {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var b, others batches[int]
			users := build(s, func(_ context.Context, keys []int) ([]int, error) {
				b.add(keys)
				if len(b.all()) == 1 {
					panic(errBoom)
				}
				return slices.Clone(keys), nil
			})
			friends := dataloader.New(s, echo(&others))
			one, two := observe(users.Load(1)), observe(users.Load(2))
			friend := friends.Load(9)

			run(t, s)

			for _, err := range []error{one.Err, two.Err} {
				var p *promise.PanicError
				require.ErrorAs(t, err, &p)
				require.Equal(t, errBoom, p.Value)
				require.Contains(t, string(p.Stack), "panic_test.go")
				require.ErrorIs(t, err, errBoom)
			}
			require.Equal(t, 9, settled(t, friend))

			// The failure of a whole batch is not cached, a panic no more than an error.
			require.Equal(t, 1, await(t, users.Load(1)))
			require.Equal(t, [][]int{{1, 2}, {1}}, b.all())
		})
	}
}

// t.FailNow and mocks call Goexit: the goroutine is gone without a panic that anybody could recover.
func TestGoexitInABatchFunctionRejectsItsBatchAlone(t *testing.T) {
	for _, name := range []string{"goroutine", "mapped"} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var b batches[int]
			users := buildUsers[name](s, func(_ context.Context, keys []int) ([]int, error) {
				b.add(keys)
				if len(b.all()) == 1 {
					runtime.Goexit()
				}
				return slices.Clone(keys), nil
			})
			friends := dataloader.New(s, echo(&batches[int]{}))
			one, friend := observe(users.Load(1)), friends.Load(9)

			run(t, s)

			require.ErrorIs(t, one.Err, promise.ErrGoexit)
			require.Equal(t, 9, settled(t, friend))
			require.Equal(t, 1, await(t, users.Load(1)))
		})
	}
}

// On the loop itself Goexit ends the goroutine that called Run, because that is what Goexit means; but the batch must
// not stay pending for ever, and the scheduler must not be left believing that somebody still runs it.
func TestGoexitOnTheLoopEndsTheRunButNotTheScheduler(t *testing.T) {
	for _, name := range []string{"inline", "promised"} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var b batches[int]
			users := buildUsers[name](s, func(_ context.Context, keys []int) ([]int, error) {
				b.add(keys)
				if len(b.all()) == 1 {
					runtime.Goexit()
				}
				return slices.Clone(keys), nil
			})
			friends := dataloader.New(s, echo(&batches[int]{}))
			one, friend := observe(users.Load(1)), friends.Load(9)
			ended, returned := make(chan struct{}), false
			ctx := t.Context()
			go func() {
				defer close(ended)
				_ = s.Run(ctx)
				returned = true
			}()
			<-ended
			require.False(t, returned)

			run(t, s)

			require.ErrorIs(t, one.Err, promise.ErrGoexit)
			require.Equal(t, 9, settled(t, friend))
			require.Equal(t, 1, await(t, users.Load(1)))
		})
	}
}

// The goroutine is gone, but not the batches that were cut behind the one that took it with it.
func TestGoexitOnTheLoopLeavesTheOtherCutsToTheNextRun(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
		if keys[0] == 2 {
			runtime.Goexit()
		}
		return slices.Clone(keys), nil
	}, dataloader.WithInline(), dataloader.WithMaxBatchSize(1))
	loads := []*promise.Result[int]{observe(users.Load(1)), observe(users.Load(2)), observe(users.Load(3))}
	ended := make(chan struct{})
	ctx := t.Context()
	go func() {
		defer close(ended)
		_ = s.Run(ctx)
	}()
	<-ended

	_ = s.Run(ctx)

	require.Equal(t, promise.Result[int]{Value: 1}, *loads[0])
	require.ErrorIs(t, loads[1].Err, promise.ErrGoexit)
	require.Equal(t, promise.Result[int]{Value: 3}, *loads[2])
}

// A second loader of the same round has its hook after the one that panics.
func TestPanickingLoadersDoNotStopTheRestOfTheRound(t *testing.T) {
	s := scheduler.New()
	var loads []*promise.Result[int]
	for i := range 5 {
		l := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
			if i%2 == 0 {
				panic(fmt.Sprint("loader ", i))
			}
			return slices.Clone(keys), nil
		}, dataloader.WithInline())
		loads = append(loads, observe(l.Load(i)))
	}

	run(t, s)

	for i, l := range loads {
		if i%2 == 0 {
			require.ErrorContains(t, l.Err, fmt.Sprint("loader ", i))
		} else {
			require.Equal(t, promise.Result[int]{Value: i}, *l)
		}
	}
}

func TestPanicInAKeyFunctionRejectsThatLoadAlone(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.NewKeyed(s, echo(&b), func(k int) int {
		if k < 0 {
			panic(errBoom)
		}
		return k
	})

	results := await(t, users.LoadSettled([]int{1, -1, 2}))

	require.Equal(t, promise.Result[int]{Value: 1}, results[0])
	var p *promise.PanicError
	require.ErrorAs(t, results[1].Err, &p)
	require.Equal(t, errBoom, p.Value)
	require.Equal(t, promise.Result[int]{Value: 2}, results[2])
	require.Equal(t, [][]int{{1, 2}}, b.all())
}

// any is comparable to the compiler, and a slice inside one is not at run time: the map itself panics.
func TestUnhashableKeyRejectsThatLoadAlone(t *testing.T) {
	s := scheduler.New()
	var b batches[any]
	users := dataloader.New(s, echo(&b))

	results := await(t, users.LoadSettled([]any{1, []int{2}, "three"}))

	require.Equal(t, promise.Result[any]{Value: 1}, results[0])
	require.Error(t, results[1].Err)
	require.Equal(t, promise.Result[any]{Value: "three"}, results[2])
	require.Equal(t, [][]any{{1, "three"}}, b.all())

	require.Error(t, awaitErr(t, users.LoadMap([]any{1, []int{2}})))
	require.Equal(t, map[any]any{1: 1}, await(t, users.LoadMap([]any{1})))
}
