package dataloader_test

import (
	"context"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func neverSettled(s *scheduler.Scheduler) *promise.Promise[int] {
	p, _ := promise.WithResolvers[int](s)
	return p
}

func takeHold(s *scheduler.Scheduler) func() { return s.Hold() }

func crawl(ctx context.Context) (int, error) {
	time.Sleep(time.Minute)
	return 0, nil
}

func ring() {}

func TestDumpNamesEverythingThatIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		require.Equal(t, "nothing is waited for", s.Dump().String())

		users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
			time.Sleep(time.Minute)
			return keys, nil
		}, dataloader.WithName("users"), dataloader.WithMaxBatchSize(2), dataloader.WithMaxConcurrency(1))
		users.LoadMany([]int{1, 2, 3})
		promise.Go(s, crawl)
		promise.Async(s, func(ctx context.Context) (int, error) {
			return neverSettled(s).Await(ctx)
		})
		bell := s.AfterFunc(time.Hour, ring)
		release := takeHold(s)
		var dump scheduler.Dump
		s.AfterFunc(time.Second, func() {
			users.Load(4)
			users.Load(5)
			s.Enqueue(scheduler.JobFunc(func() {}))
			dump = s.Dump()
			bell.Stop()
			release()
		})
		require.ErrorIs(t, s.Run(t.Context()), scheduler.ErrStalled) // from the Async function, in the end

		require.Equal(t, `1 queued
waiting for the tick to end: users: 2 keys [4 5]
in flight: promise.Go of dataloader_test.crawl
in flight: users: batch of 2 keys [1 2] for 1s, and 1 more wait for their turn
suspended in Await: dataloader_test.TestDumpNamesEverythingThatIsWaitedFor.func1.2 (dump_test.go:N)
timer: dataloader_test.ring in 59m59s
held: dataloader_test.takeHold (dump_test.go:N)`, regexp.MustCompile(`go:\d+`).ReplaceAllString(dump.String(), "go:N"))
		require.Equal(t, "nothing is waited for", s.Dump().String())
	})
}

// Dump asks the functions that are suspended where they are. That must not wake them, and it may be asked again.
func TestDumpDisturbsNoAsyncFunction(t *testing.T) {
	s := scheduler.New()
	gate, r := promise.WithResolvers[int](s)
	var waits []*promise.Promise[int]
	for i := range 3 {
		waits = append(waits, promise.Async(s, func(ctx context.Context) (int, error) {
			v, err := gate.Await(ctx)
			return v + i, err
		}))
	}
	promise.Async(s, func(context.Context) (int, error) { // which is not suspended itself
		for range 5 {
			require.Len(t, s.Dump().Suspended, 3)
		}
		require.Contains(t, s.Dump().Suspended[0], "dump_test.go:")
		r.Resolve(10)
		return 0, nil
	})
	got, err := promise.All(s, waits...).Await(t.Context())

	require.NoError(t, err)
	require.Equal(t, []int{10, 11, 12}, got)
}

func TestAStalledErrorSaysWhere(t *testing.T) {
	s := scheduler.New()
	for range 7 {
		promise.Async(s, func(ctx context.Context) (int, error) { return neverSettled(s).Await(ctx) })
	}
	err := s.Run(t.Context())

	require.ErrorIs(t, err, scheduler.ErrStalled)
	var stalled *scheduler.StalledError
	require.ErrorAs(t, err, &stalled)
	require.Equal(t, 7, stalled.Suspended)
	require.Len(t, stalled.Where, 5)
	require.Contains(t, err.Error(), "7 Async functions are suspended in Await: dataloader_test.TestAStalledErrorSaysWhere.func1 (dump_test.go:")
	require.Contains(t, err.Error(), ", …;")
}

func TestDumpFromAnotherGoroutinePanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		release := s.Hold()
		go func() {
			defer release()
			time.Sleep(time.Second)
			require.PanicsWithValue(t, "scheduler: Dump called from another goroutine while Run is waiting; use Post, which any "+
				"goroutine may call (with Hold, so that Run waits for it)", func() { s.Dump() })
		}()
		require.NoError(t, s.Run(t.Context()))
	})
}
