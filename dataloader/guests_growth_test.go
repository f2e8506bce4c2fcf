package dataloader_test

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// heapNow is what survives a collection. Two collections: the first only moves what sync.Pools hold.
func heapNow() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A group that held on to its goroutines, or a scheduler to their visits, would keep every one that ever was.
func TestAGroupLeavesNothingOfItsGoroutines(t *testing.T) {
	small, large := 1000, 10_000
	if raceEnabled {
		small, large = 100, 1000
	}
	leaves := func(n int) int64 {
		before := heapNow()
		s := scheduler.New()
		users := dataloader.New(s, echo(&batches[int]{}), dataloader.WithoutCache())
		ctx := scheduler.NewContext(t.Context(), s)
		g := scheduler.NewGroup(ctx)
		for i := range n {
			g.Go(func(ctx context.Context) error {
				v, err := dataloader.Get(ctx, users, i)
				if err == nil {
					_, err = dataloader.Get(ctx, users, v%10)
				}
				return err
			})
		}
		require.NoError(t, g.Wait())
		require.NoError(t, s.Run(t.Context()))
		left := heapNow() - before
		runtime.KeepAlive(g)
		runtime.KeepAlive(s)
		runtime.KeepAlive(users)
		return left
	}
	leaves(large) // what the runtime itself takes for so many goroutines, and keeps
	few, many := leaves(small), leaves(large)
	t.Logf("%d bytes are left of %d goroutines, %d of %d", few, small, many, large)
	// Queues keep their room: two words for each that was in them at once. A goroutine, or a call, is hundreds of bytes.
	require.Less(t, many-few, int64(100*(large-small)))
}

// One scheduler that serves calls for long: those that were answered, those that were answered at once, and those that
// were given up while their promise stays pending.
func TestASchedulerKeepsNothingOfTheCallsThatItServed(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func(ctx context.Context, s *scheduler.Scheduler, users *dataloader.Loader[int, int], never *promise.Promise[int]) error{
		"misses": func(ctx context.Context, _ *scheduler.Scheduler, users *dataloader.Loader[int, int], _ *promise.Promise[int]) error {
			_, err := dataloader.Get(ctx, users, 1)
			return err
		},
		"errors": func(ctx context.Context, s *scheduler.Scheduler, _ *dataloader.Loader[int, int], _ *promise.Promise[int]) error {
			_, err := promise.CallOn(ctx, s, func() *promise.Promise[int] { return promise.Reject[int](s, errBoom) })
			if !errors.Is(err, errBoom) {
				return errors.New("no error")
			}
			return nil
		},
		"given up": func(ctx context.Context, s *scheduler.Scheduler, _ *dataloader.Loader[int, int], never *promise.Promise[int]) error {
			ctx, cancel := context.WithCancel(ctx)
			_, err := promise.CallOn(ctx, s, func() *promise.Promise[int] { cancel(); return never })
			if !errors.Is(err, context.Canceled) {
				return errors.New("not canceled")
			}
			return nil
		},
		"given up before": func(_ context.Context, s *scheduler.Scheduler, users *dataloader.Loader[int, int], _ *promise.Promise[int]) error {
			_, err := dataloader.Get(canceled, users, 1)
			if !errors.Is(err, context.Canceled) {
				return errors.New("not canceled")
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := scaled(100_000)
			s := scheduler.New()
			users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) { return keys, nil },
				dataloader.WithoutCache(), dataloader.WithInline())
			never := neverSettled(s)
			release := s.Hold() // else a call of it might be stalled before it is given up
			g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
			var early, late int64
			g.Go(func(ctx context.Context) error {
				for i := range n {
					if err := call(ctx, s, users, never); err != nil {
						return err
					}
					switch i {
					case n / 10:
						early = heapNow()
					case n - 1:
						late = heapNow()
					}
				}
				return nil
			})
			require.NoError(t, g.Wait())
			release()
			require.Less(t, late-early, int64(256<<10), "live heap grew from %d to %d bytes", early, late)
			require.NoError(t, s.Run(t.Context()))
		})
	}
}
