package scheduler_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/scheduler"
)

func TestRunUntilReportsWhatCannotHappen(t *testing.T) {
	s, r := scheduler.New(), &record{}
	s.Enqueue(r.job("job"))
	s.AtTickEnd(r.fn("hook"))
	err := s.RunUntil(t.Context(), func() bool { return false })
	require.ErrorIs(t, err, scheduler.ErrStalled)
	require.Equal(t, []string{"job", "hook"}, r.events, "all that could have helped is tried before")
	require.True(t, strings.HasPrefix(err.Error(), "scheduler: "), err.Error())
	require.Greater(t, len(strings.Fields(err.Error())), 6, "the text says what happened and what to do: %s", err)

	require.NoError(t, s.Run(t.Context()), "a stall is told to the caller of RunUntil, not kept")
}

func TestRunUntilRunsNoMoreThanItsCallerAskedFor(t *testing.T) {
	s, r := scheduler.New(), &record{}
	done := false
	s.Enqueue(scheduler.JobFunc(func() { done = true }))
	release := s.Hold()
	require.NoError(t, s.RunUntil(t.Context(), func() bool { return done }),
		"what is still outstanding does not matter once done says yes")

	s.Enqueue(r.job("left"))
	require.NoError(t, s.RunUntil(t.Context(), func() bool { return true }))
	release()
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, []string{"left"}, r.events, "what RunUntil leaves, Run does")
}

func TestRunUntilReturnsFromATickThatNeverEnds(t *testing.T) {
	s := scheduler.New()
	n, stop := 0, false
	var again func()
	again = func() {
		if n++; !stop {
			s.Enqueue(scheduler.JobFunc(again))
		}
	}
	again()
	require.NoError(t, s.RunUntil(t.Context(), func() bool { return n >= 1_000 }))
	stop = true
	require.NoError(t, s.Run(t.Context()))
}

func TestRunUntilWaitsForWhatMayStillCome(t *testing.T) {
	tests := map[string]func(s *scheduler.Scheduler, finish func()){
		"operation": func(s *scheduler.Scheduler, finish func()) {
			s.Go(func(context.Context) func() {
				time.Sleep(time.Minute)
				return finish
			})
		},
		"timer": func(s *scheduler.Scheduler, finish func()) { s.AfterFunc(time.Minute, finish) },
		"hold": func(s *scheduler.Scheduler, finish func()) {
			release := s.Hold()
			go func() {
				time.Sleep(time.Minute)
				s.Post(finish)
				release()
			}()
		},
	}
	for name, start := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				done := false
				start(s, func() { done = true })
				require.NoError(t, s.RunUntil(t.Context(), func() bool { return done }))
				require.NoError(t, s.Run(t.Context()))
			})
		})
	}
}

func TestRunNeverReturnsWhileSomethingIsOutstanding(t *testing.T) {
	tests := map[string]func(s *scheduler.Scheduler) (finish func()){
		"operation": func(s *scheduler.Scheduler) func() {
			gate := make(chan struct{})
			s.Go(func(context.Context) func() {
				<-gate
				return nil
			})
			return func() { close(gate) }
		},
		"operation started by a job": func(s *scheduler.Scheduler) func() {
			gate := make(chan struct{})
			s.Enqueue(scheduler.JobFunc(func() {
				s.Start(operation{do: func(context.Context) { <-gate }, done: func(error) {}})
			}))
			return func() { close(gate) }
		},
		"timer": func(s *scheduler.Scheduler) func() {
			s.AfterFunc(time.Hour, func() {})
			return func() { time.Sleep(time.Hour) }
		},
		"hold": func(s *scheduler.Scheduler) func() { return s.Hold() },
		"hold taken by a hook": func(s *scheduler.Scheduler) func() {
			var release func()
			s.AtTickEnd(func() { release = s.Hold() })
			return func() { s.Post(func() { release() }) }
		},
		"the second of two holds": func(s *scheduler.Scheduler) func() {
			first, second := s.Hold(), s.Hold()
			first()
			first()
			first()
			return second
		},
	}
	for name, start := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				finish := start(s)
				var returned atomic.Bool
				result := make(chan error, 1)
				go func() {
					err := s.Run(t.Context())
					returned.Store(true)
					result <- err
				}()
				synctest.Wait()
				require.False(t, returned.Load(), "Run returned while work was left")
				finish()
				synctest.Wait()
				require.True(t, returned.Load(), "Run did not return when the last work was done")
				require.NoError(t, <-result)
			})
		})
	}
}

func TestAReleaseAfterTheEndOfRunIsHarmless(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := scheduler.New()
	release := s.Hold()
	s.Post(cancel)
	require.ErrorIs(t, s.Run(ctx), context.Canceled)
	release()
	release()
	require.NoError(t, s.Run(t.Context()))

	// A count that went below nothing would let this Run return too early.
	second := s.Hold()
	posted := false
	go func() {
		s.Post(func() { posted = true })
		second()
	}()
	require.NoError(t, s.Run(t.Context()))
	require.True(t, posted)
}

func TestAnOperationMayReturnNoFunction(t *testing.T) {
	s := scheduler.New()
	s.Go(func(context.Context) func() { return nil })
	require.NoError(t, s.Run(t.Context()))
	require.EqualValues(t, 1, s.Stats().Operations)
}

func TestRunWithNothingToDoReturnsAtOnce(t *testing.T) {
	s := scheduler.New()
	require.NoError(t, s.Run(t.Context()))
	require.NoError(t, s.RunUntil(t.Context(), func() bool { return true }))
	require.NoError(t, s.Run(t.Context()))
}
