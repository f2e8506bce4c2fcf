package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/scheduler"
)

func TestRunUntilInsideAJobDrivesTheLoopFromThere(t *testing.T) {
	s, r := scheduler.New(), &record{}
	done := false
	s.Enqueue(scheduler.JobFunc(func() {
		r.add("outer begins")
		require.NoError(t, s.RunUntil(t.Context(), func() bool { return done }))
		r.add("outer ends")
		s.Enqueue(r.job("after"))
	}))
	s.Enqueue(scheduler.JobFunc(func() {
		r.add("inner")
		done = true
	}))
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, []string{"outer begins", "inner", "outer ends", "after"}, r.events)
}

// Wherever the loop calls user code, that code may drive the loop itself and wait for an operation.
func TestRunUntilWorksFromEveryKindOfCallback(t *testing.T) {
	tests := map[string]func(s *scheduler.Scheduler, callback func()){
		"job":  func(s *scheduler.Scheduler, f func()) { s.Enqueue(scheduler.JobFunc(f)) },
		"post": func(s *scheduler.Scheduler, f func()) { s.Post(f) },
		"hook": func(s *scheduler.Scheduler, f func()) { s.AtTickEnd(f) },
		"timer": func(s *scheduler.Scheduler, f func()) {
			s.AfterFunc(0, f)
		},
		"result of an operation": func(s *scheduler.Scheduler, f func()) {
			s.Go(func(context.Context) func() { return f })
		},
	}
	for name, start := range tests {
		t.Run(name, func(t *testing.T) {
			s, r := scheduler.New(), &record{}
			start(s, func() {
				done := false
				s.Go(func(context.Context) func() {
					return func() {
						r.add("operation")
						s.AtTickEnd(func() {
							r.add("hook")
							s.Enqueue(scheduler.JobFunc(func() { done = true }))
						})
					}
				})
				require.NoError(t, s.RunUntil(t.Context(), func() bool { return done }))
				r.add("returned")
				s.Enqueue(r.job("job"))
			})
			require.NoError(t, s.Run(t.Context()))
			require.Equal(t, []string{"operation", "hook", "returned", "job"}, r.events)
		})
	}
}

func TestNestedRunUntilReturnsInTheReverseOrderOfTheCalls(t *testing.T) {
	const depth = 50
	s := scheduler.New()
	var finished, returned []int
	ready := make([]bool, depth)
	for i := range depth {
		s.Enqueue(scheduler.JobFunc(func() {
			require.NoError(t, s.RunUntil(t.Context(), func() bool { return ready[i] }))
			returned = append(returned, i)
		}))
	}
	for i := range depth {
		s.Enqueue(scheduler.JobFunc(func() {
			ready[i] = true
			finished = append(finished, i)
		}))
	}
	require.NoError(t, s.Run(t.Context()))
	require.Len(t, finished, depth)
	for i, v := range returned {
		require.Equal(t, depth-1-i, v, "a RunUntil cannot return while one that it called is running")
	}
	require.Len(t, returned, depth)
}

func TestRunInsideRunIsAnError(t *testing.T) {
	s, r := scheduler.New(), &record{}
	s.Enqueue(scheduler.JobFunc(func() {
		require.ErrorIs(t, s.Run(t.Context()), scheduler.ErrNestedRun)
		r.add("job goes on")
	}))
	s.Enqueue(r.job("next"))
	s.AtTickEnd(func() { require.ErrorIs(t, s.Run(t.Context()), scheduler.ErrNestedRun) })
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, []string{"job goes on", "next"}, r.events)
	require.NoError(t, s.Run(t.Context()), "a refused Run must not leave the scheduler marked as running")
}

func TestRunInsideRunUntilIsAnError(t *testing.T) {
	s := scheduler.New()
	var nested error
	s.Enqueue(scheduler.JobFunc(func() { nested = s.Run(t.Context()) }))
	require.NoError(t, s.RunUntil(t.Context(), func() bool { return nested != nil }))
	require.ErrorIs(t, nested, scheduler.ErrNestedRun)
}

func TestTwoGoroutinesOnOneSchedulerPanic(t *testing.T) {
	drives := map[string]func(ctx context.Context, s *scheduler.Scheduler){
		"Run": func(ctx context.Context, s *scheduler.Scheduler) { _ = s.Run(ctx) },
		"RunUntil": func(ctx context.Context, s *scheduler.Scheduler) {
			_ = s.RunUntil(ctx, func() bool { return true })
		},
		// To be inside some loop is not to be inside this one. While the first is inside a callback nothing tells the two
		// apart but the race detector; while it sleeps, it cannot be the caller.
		"RunUntil in the loop of another scheduler": func(ctx context.Context, s *scheduler.Scheduler) {
			other := scheduler.New()
			var panicked any
			other.Enqueue(scheduler.JobFunc(func() {
				defer func() { panicked = recover() }()
				_ = s.RunUntil(ctx, func() bool { return true })
			}))
			_ = other.Run(ctx)
			if panicked != nil {
				panic(panicked)
			}
		},
	}
	for name, drive := range drives {
		for _, first := range []string{"inside a job", "asleep"} {
			if name == "RunUntil in the loop of another scheduler" && first == "inside a job" {
				continue
			}
			t.Run(name+" while the first is "+first, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := scheduler.New()
					release := s.Hold()
					finish, result := make(chan struct{}), make(chan error, 1)
					if first == "inside a job" {
						s.Post(func() { <-finish })
					}
					go func() { result <- s.Run(t.Context()) }()
					synctest.Wait()

					message := panicOf(func() { drive(t.Context(), s) })
					close(finish)
					served := false
					s.Post(func() { served = true })
					release()
					require.NoError(t, <-result, "the goroutine that was first is not to suffer")
					require.True(t, served)
					require.Contains(t, message, "scheduler")
					require.Contains(t, message, "goroutine")
				})
			})
		}
	}
}

func TestTwoSchedulersMayNestInOneGoroutine(t *testing.T) {
	s, other, r := scheduler.New(), scheduler.New(), &record{}
	done := false
	s.Enqueue(scheduler.JobFunc(func() {
		other.Enqueue(scheduler.JobFunc(func() {
			require.NoError(t, s.RunUntil(t.Context(), func() bool { return done }))
			r.add("back in the other")
		}))
		require.NoError(t, other.Run(t.Context()))
		r.add("back in the first")
	}))
	s.Enqueue(scheduler.JobFunc(func() { done = true }))
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, []string{"back in the other", "back in the first"}, r.events)
}

func TestAnOperationThatDrivesItsSchedulerPanics(t *testing.T) {
	s := scheduler.New()
	s.Go(func(ctx context.Context) func() {
		_ = s.Run(ctx)
		return nil
	})
	var panicked *scheduler.PanicError
	err := s.Run(t.Context())
	require.ErrorAs(t, err, &panicked)
	require.Contains(t, fmt.Sprint(panicked.Value), "goroutine")
}

func TestOneSchedulerMayMoveBetweenGoroutines(t *testing.T) {
	s := scheduler.New()
	ran := 0
	for range 10 {
		s.Enqueue(scheduler.JobFunc(func() { ran++ }))
		result := make(chan error)
		go func() { result <- s.Run(t.Context()) }()
		require.NoError(t, <-result)
	}
	require.Equal(t, 10, ran)
}

func TestADriveNestedInATickEndHookStillRunsTheOtherHooks(t *testing.T) {
	s, r := scheduler.New(), &record{}
	reached := false
	s.AtTickEnd(r.fn("before"))
	s.AtTickEnd(func() {
		r.add("drives")
		require.NoError(t, s.RunUntil(t.Context(), func() bool { return reached }),
			"the hook that this one waits for was not run")
		r.add("driven")
	})
	s.AtTickEnd(func() {
		r.add("other")
		s.Enqueue(scheduler.JobFunc(func() { reached = true }))
	})
	s.AtTickEnd(r.fn("last"))
	require.NoError(t, s.Run(t.Context()))
	require.ElementsMatch(t, []string{"before", "drives", "other", "driven", "last"}, r.events,
		"every hook runs, and once only")
	require.Less(t, indexOf(r.events, "other"), indexOf(r.events, "driven"))
}

func TestANestedDriveThatStallsTellsItsCallerOnly(t *testing.T) {
	s, r := scheduler.New(), &record{}
	s.Enqueue(scheduler.JobFunc(func() {
		err := s.RunUntil(t.Context(), func() bool { return false })
		require.ErrorIs(t, err, scheduler.ErrStalled)
		r.add("stalled")
		s.Enqueue(r.job("goes on"))
	}))
	s.Enqueue(r.job("other"))
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, []string{"other", "stalled", "goes on"}, r.events)
}

func TestTheContextOfANestedDriveBoundsThatDriveAlone(t *testing.T) {
	s := scheduler.New()
	cause := errors.New("enough")
	finish := make(chan struct{})
	var opErr error
	s.Enqueue(scheduler.JobFunc(func() {
		ctx, cancel := context.WithCancelCause(t.Context())
		s.Start(operation{
			do:   func(context.Context) { <-finish },
			done: func(err error) { opErr = errors.Join(err, errors.New("done was called")) },
		})
		s.Post(func() { cancel(cause) })
		require.ErrorIs(t, s.RunUntil(ctx, func() bool { return false }), cause)
		require.NoError(t, opErr, "the operation belongs to the outer Run, whose ctx lives on")
		close(finish)
	}))
	require.NoError(t, s.Run(t.Context()))
	require.EqualError(t, opErr, "done was called")
}

func panicOf(f func()) (message string) {
	defer func() {
		if v := recover(); v != nil {
			message = fmt.Sprint(v)
		}
	}()
	f()
	return "no panic"
}

func indexOf(events []string, event string) int {
	for i, e := range events {
		if e == event {
			return i
		}
	}
	return -1
}
