package dataloader_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

var errStop = errors.New("the client went away")

// stubborn is a source whose first batch hears no ctx and answers only when it is let go.
type stubborn struct {
	calls            batches[int]
	started, release chan struct{}
	finished         chan struct{}
	late             error
}

func newStubborn() *stubborn {
	return &stubborn{started: make(chan struct{}), release: make(chan struct{}), finished: make(chan struct{})}
}

func (f *stubborn) fetch(_ context.Context, keys []int) ([]int, error) {
	f.calls.add(keys)
	n := len(f.calls.all())
	if n == 1 {
		defer close(f.finished)
		close(f.started)
		<-f.release
		if f.late != nil {
			return nil, f.late
		}
	}
	return slices.Repeat([]int{n}, len(keys)), nil
}

// runUntilStarted runs s until the stubborn batch is in flight, and ends ctx then.
func (f *stubborn) runUntilStarted(t *testing.T, s *scheduler.Scheduler) error {
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		<-f.started
		cancel(errStop)
	}()
	return s.Run(ctx)
}

func TestContextEndsWhileABatchIsInFlight(t *testing.T) {
	for name, late := range map[string]error{"late answer": nil, "late failure": errBoom} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			source := newStubborn()
			source.late = late
			users := dataloader.New(s, source.fetch)
			one, two := observe(users.Load(1)), observe(users.Load(2))

			require.ErrorIs(t, source.runUntilStarted(t, s), errStop)
			require.ErrorIs(t, one.Err, errStop)
			require.ErrorIs(t, two.Err, errStop)

			// The entries were evicted, so the next Run asks again, and the source's second answer is the one that counts.
			again := users.Load(1)
			run(t, s)
			require.Equal(t, 2, settled(t, again))

			close(source.release)
			<-source.finished
			run(t, s)
			require.ErrorIs(t, one.Err, errStop)
			require.Same(t, again, users.Load(1), "a late failure must not evict the newer entry")
			require.Equal(t, 2, settled(t, again))
			require.Equal(t, [][]int{{1, 2}, {1}}, source.calls.all())
		})
	}
}

// Catch and Finally of a cancelled load still run: that is where a request cleans up.
func TestCallbacksOfCancelledLoadsRun(t *testing.T) {
	s := scheduler.New()
	source := newStubborn()
	users := dataloader.New(s, source.fetch)
	finally := false
	p := users.Load(1).Finally(func() { finally = true }).Recover(func(err error) (int, error) {
		require.ErrorIs(t, err, errStop)
		return -1, nil
	})

	require.ErrorIs(t, source.runUntilStarted(t, s), errStop)

	require.True(t, finally)
	require.Equal(t, -1, settled(t, p))
	close(source.release)
}

// What was cut and waits for a slot when ctx ends must not stay pending for ever, and the slot of the abandoned batch
// must be free again.
func TestContextEndsWhileBatchesWaitForASlot(t *testing.T) {
	s := scheduler.New()
	source := newStubborn()
	users := dataloader.New(s, source.fetch, dataloader.WithMaxBatchSize(1), dataloader.WithMaxConcurrency(1))
	results := users.LoadSettled([]int{1, 2, 3})

	require.ErrorIs(t, source.runUntilStarted(t, s), errStop)
	run(t, s)

	r := settled(t, results)
	require.ErrorIs(t, r[0].Err, errStop)
	require.Greater(t, await(t, users.Load(4)), 1)
	for _, k := range []int{1, 2, 3} {
		require.Greater(t, await(t, users.Load(k)), 1)
	}
	close(source.release)
}

// A load that was made before a Run whose ctx has already ended is settled by then or by the next Run, never lost.
func TestContextThatHasEndedBeforeRun(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))
	one := observe(users.Load(1))
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStop)

	require.ErrorIs(t, s.Run(ctx), errStop)
	run(t, s)

	if one.Err != nil {
		require.ErrorIs(t, one.Err, errStop)
	} else {
		require.Equal(t, 1, one.Value)
	}
	require.Equal(t, 1, await(t, users.Load(1)))
}

// On the loop the batches of a round run one after the other: once ctx has ended, nobody waits for those that are left.
func TestContextEndsBetweenTheBatchesOfARound(t *testing.T) {
	for _, name := range []string{"inline", "promised"} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var b batches[int]
			ctx, cancel := context.WithCancelCause(t.Context())
			users := buildUsersWith[name](s, func(_ context.Context, keys []int) ([]int, error) {
				b.add(keys)
				cancel(errStop)
				return slices.Clone(keys), nil
			}, dataloader.WithMaxBatchSize(1))
			loads := []*promise.Result[int]{observe(users.Load(1)), observe(users.Load(2)), observe(users.Load(3))}

			require.ErrorIs(t, s.Run(ctx), errStop)

			require.Equal(t, [][]int{{1}}, b.all())
			require.ErrorIs(t, loads[1].Err, errStop)
			require.ErrorIs(t, loads[2].Err, errStop)
		})
	}
}

func TestDeadlineReachesTheBatchFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		heard := make(chan error, 1)
		users := dataloader.New(s, func(ctx context.Context, keys []int) ([]int, error) {
			<-ctx.Done()
			heard <- ctx.Err()
			return nil, ctx.Err()
		})
		one := observe(users.Load(1))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()

		require.ErrorIs(t, s.Run(ctx), context.DeadlineExceeded)

		require.Equal(t, time.Second, time.Since(start))
		require.ErrorIs(t, one.Err, context.DeadlineExceeded)
		require.ErrorIs(t, <-heard, context.DeadlineExceeded)
	})
}

// Retrying in a Catch is natural; when ctx has ended it must not keep Run alive.
func TestRetryAfterTheContextEndedDoesNotHoldRun(t *testing.T) {
	s := scheduler.New()
	source := newStubborn()
	users := dataloader.New(s, source.fetch)
	retried := users.Load(1).Catch(func(error) *promise.Promise[int] { return users.Load(1) })
	got := observe(retried)

	require.ErrorIs(t, source.runUntilStarted(t, s), errStop)
	run(t, s)

	// Whether the second load was fetched by the next Run or cancelled with the first, it must be settled now.
	_, _, ok := retried.Result()
	require.True(t, ok)
	if got.Err != nil {
		require.ErrorIs(t, got.Err, errStop)
	}
	close(source.release)
}
