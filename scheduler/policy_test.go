package scheduler_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/scheduler"
)

// batcher is the least that can show a policy: it cuts a batch at the tick end.
type batcher struct {
	s       *scheduler.Scheduler
	pending []string
	batches [][]string
	onBatch func()
}

func (b *batcher) load(key string) {
	if len(b.pending) == 0 {
		b.s.AtTickEnd(func() {
			b.batches = append(b.batches, b.pending)
			b.pending = nil
			if b.onBatch != nil {
				b.onBatch()
			}
		})
	}
	b.pending = append(b.pending, key)
}

func TestTheEagerTickEndsWhileOperationsAreInFlight(t *testing.T) {
	tests := map[string][]scheduler.Option{
		"by default": nil,
		"as asked":   {scheduler.WithPolicy(scheduler.Eager)},
	}
	for name, options := range tests {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New(options...)
			slow := make(chan struct{})
			b := &batcher{s: s}
			// Only the first batch lets the slow source answer: a tick that waits for it waits for ever.
			b.onBatch = func() {
				b.onBatch = nil
				close(slow)
			}
			s.Go(func(context.Context) func() { return func() { b.load("fast") } })
			s.Go(func(context.Context) func() {
				<-slow
				return func() { b.load("slow") }
			})
			require.NoError(t, s.Run(t.Context()))
			require.Equal(t, [][]string{{"fast"}, {"slow"}}, b.batches)
		})
	}
}

func TestTheLockstepTickWaitsForEveryOperation(t *testing.T) {
	s := scheduler.New(scheduler.WithPolicy(scheduler.Lockstep))
	slow, slowest := make(chan struct{}), make(chan struct{})
	b := &batcher{s: s}
	s.Go(func(context.Context) func() {
		return func() {
			b.load("fast")
			close(slow)
		}
	})
	s.Go(func(context.Context) func() {
		<-slow
		return func() {
			b.load("slow")
			// A job of this tick may start more work; the tick waits for that too.
			s.Go(func(context.Context) func() {
				<-slowest
				return func() { b.load("slowest") }
			})
			close(slowest)
		}
	})
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, [][]string{{"fast", "slow", "slowest"}}, b.batches)
}

func TestTheLockstepTickWaitsForTheOperationsOfItsHooks(t *testing.T) {
	// The shape of a second round: both batches of round one are fetched before round two is cut.
	s := scheduler.New(scheduler.WithPolicy(scheduler.Lockstep))
	second := make(chan struct{})
	b := &batcher{s: s}
	s.AtTickEnd(func() {
		s.Go(func(context.Context) func() {
			return func() {
				b.load("friend of 1")
				close(second)
			}
		})
	})
	s.AtTickEnd(func() {
		s.Go(func(context.Context) func() {
			<-second
			return func() { b.load("friend of 2") }
		})
	})
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, [][]string{{"friend of 1", "friend of 2"}}, b.batches)
}

func TestTheLockstepTickDoesNotWaitForHoldsAndTimers(t *testing.T) {
	s := scheduler.New(scheduler.WithPolicy(scheduler.Lockstep))
	release := s.Hold()
	fired := false
	timer := s.AfterFunc(1<<62, func() { fired = true })
	s.AtTickEnd(func() {
		release()
		timer.Stop()
	})
	require.NoError(t, s.Run(t.Context()))
	require.False(t, fired)
}

func TestCtxEndsALockstepTickThatWaits(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s := scheduler.New(scheduler.WithPolicy(scheduler.Lockstep))
	var got error
	s.Start(operation{
		do:   func(ctx context.Context) { <-ctx.Done() },
		done: func(err error) { got = err },
	})
	s.Post(func() { cancel(errEnough) })
	require.ErrorIs(t, s.Run(ctx), errEnough)
	require.ErrorIs(t, got, errEnough)
}

func TestALockstepOperationThatFailsEndsTheWait(t *testing.T) {
	s := scheduler.New(scheduler.WithPolicy(scheduler.Lockstep))
	hook := false
	s.AtTickEnd(func() { hook = true })
	s.Go(func(context.Context) func() { panic(errors.New("failed")) })
	require.ErrorContains(t, s.Run(t.Context()), "failed")
	require.True(t, hook)
}

func TestALockstepDriveNestedInTheResultOfAnOperation(t *testing.T) {
	// The operation whose result is running must not count as in flight, or the nested tick never ends.
	s := scheduler.New(scheduler.WithPolicy(scheduler.Lockstep))
	b := &batcher{s: s}
	s.Go(func(context.Context) func() {
		return func() {
			b.load("key")
			require.NoError(t, s.RunUntil(t.Context(), func() bool { return len(b.batches) == 1 }))
		}
	})
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, [][]string{{"key"}}, b.batches)
}
