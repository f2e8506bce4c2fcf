package scheduler_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/scheduler"
)

// operation is an Operation of two closures.
type operation struct {
	do   func(ctx context.Context)
	done func(err error)
}

func (o operation) Do(ctx context.Context) { o.do(ctx) }
func (o operation) Done(err error)         { o.done(err) }

var errEnough = errors.New("enough")

func TestAnOperationInFlightIsDoneWithTheCause(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s := scheduler.New()
	var calls []error
	seen := make(chan error, 1)
	s.Start(operation{
		do: func(ctx context.Context) {
			<-ctx.Done()
			seen <- context.Cause(ctx)
		},
		done: func(err error) { calls = append(calls, err) },
	})
	s.AtTickEnd(func() { cancel(errEnough) })

	require.ErrorIs(t, s.Run(ctx), errEnough)
	require.Len(t, calls, 1)
	require.ErrorIs(t, calls[0], errEnough)
	require.ErrorIs(t, <-seen, errEnough, "the operation's own ctx tells the cause as well")
}

func TestTheResultOfAnOperationThatIgnoresItsCtxIsDropped(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s := scheduler.New()
	finish, finished := make(chan struct{}), make(chan struct{}, 2)
	var calls []error
	s.Start(operation{
		do: func(context.Context) {
			<-finish
			finished <- struct{}{}
		},
		done: func(err error) { calls = append(calls, err) },
	})
	s.Go(func(context.Context) func() {
		<-finish
		finished <- struct{}{}
		return func() { calls = append(calls, errors.New("a late result was used")) }
	})
	s.AtTickEnd(func() { cancel(errEnough) })
	require.ErrorIs(t, s.Run(ctx), errEnough, "Run waits for nobody who does not listen")
	require.Len(t, calls, 1)
	require.ErrorIs(t, calls[0], errEnough)

	// The late ones end while a second Run is waiting: neither may disturb it or be counted as its own.
	release := s.Hold()
	s.Post(func() { close(finish) })
	go func() {
		<-finished
		<-finished
		s.Post(release)
	}()
	require.NoError(t, s.Run(t.Context()))
	require.Len(t, calls, 1)
}

func TestALateOperationThatPanicsIsDroppedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		s := scheduler.New()
		finish := make(chan struct{})
		s.Go(func(context.Context) func() {
			<-finish
			panic("too late to matter")
		})
		s.AtTickEnd(func() { cancel(errEnough) })
		require.ErrorIs(t, s.Run(ctx), errEnough)
		close(finish)
		synctest.Wait()
		require.NoError(t, s.Run(t.Context()))
	})
}

func TestWhatACancelledOperationEnqueuesStillRuns(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s, r := scheduler.New(), &record{}
	for range 3 {
		s.Start(operation{
			do: func(ctx context.Context) { <-ctx.Done() },
			done: func(error) {
				r.add("done")
				s.Enqueue(scheduler.JobFunc(func() {
					r.add("catch")
					s.Enqueue(r.job("finally"))
				}))
			},
		})
	}
	s.AtTickEnd(func() { cancel(errEnough) })
	require.ErrorIs(t, s.Run(ctx), errEnough)
	require.Equal(t, []string{
		"done", "done", "done", "catch", "catch", "catch", "finally", "finally", "finally",
	}, r.events)
}

func TestAnOperationStartedAfterTheEndOfCtxIsDoneWithTheCause(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errEnough)
	s := scheduler.New()
	var first, second []error
	s.Start(operation{
		do: func(ctx context.Context) { <-ctx.Done() },
		done: func(err error) {
			first = append(first, err)
			s.Start(operation{
				do:   func(ctx context.Context) { <-ctx.Done() },
				done: func(err error) { second = append(second, err) },
			})
		},
	})
	require.ErrorIs(t, s.Run(ctx), errEnough)
	require.Len(t, first, 1)
	require.ErrorIs(t, first[0], errEnough)
	require.NoError(t, s.Run(t.Context()))
	require.Len(t, second, 1, "an operation that is never done leaves its promise pending for ever")
}

// A retry without end is what a Catch around a fetch makes of a ctx that has ended.
func TestOperationsThatRestartForEverAreStopped(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s := scheduler.New()
	restarts, stop := 0, make(chan struct{})
	var start func()
	start = func() {
		if restarts++; restarts > 50_000_000 {
			t.Error("Run let operations restart without end after its ctx had ended")
			return
		}
		s.Start(operation{
			do: func(ctx context.Context) {
				select {
				case <-ctx.Done():
				case <-stop:
				}
			},
			done: func(err error) {
				if err != nil {
					start()
				}
			},
		})
	}
	start()
	s.AtTickEnd(func() { cancel(errEnough) })
	require.ErrorIs(t, s.Run(ctx), errEnough)
	close(stop)
	require.NoError(t, s.Run(t.Context()), "what was left belongs to the next Run")
}

func TestALoopThatNeverEndsIsStoppedByCtx(t *testing.T) {
	tests := map[string]func(s *scheduler.Scheduler, f func()){
		"jobs":  func(s *scheduler.Scheduler, f func()) { s.Enqueue(scheduler.JobFunc(f)) },
		"hooks": func(s *scheduler.Scheduler, f func()) { s.AtTickEnd(f) },
		"posts": func(s *scheduler.Scheduler, f func()) { s.Post(f) },
		"timers": func(s *scheduler.Scheduler, f func()) {
			s.AfterFunc(0, f)
		},
		"operations": func(s *scheduler.Scheduler, f func()) {
			s.Go(func(context.Context) func() { return f })
		},
	}
	for name, again := range tests {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			s := scheduler.New()
			rounds, stop := 0, false
			var step func()
			step = func() {
				if stop {
					return
				}
				if rounds++; rounds == 1_000 {
					cancel(errEnough)
				}
				if rounds > 20_000_000 {
					t.Error("ctx did not stop the loop")
					return
				}
				again(s, step)
			}
			again(s, step)
			require.ErrorIs(t, s.Run(ctx), errEnough)
			require.GreaterOrEqual(t, rounds, 1_000)

			stop = true
			other := false
			s.Enqueue(scheduler.JobFunc(func() { other = true }))
			require.NoError(t, s.Run(t.Context()), "Run can be called again")
			require.True(t, other)
		})
	}
}

func TestCtxEndsARunThatWaits(t *testing.T) {
	tests := map[string]func(s *scheduler.Scheduler) (undo func()){
		"for a hold": func(s *scheduler.Scheduler) func() { return s.Hold() },
		"for a timer": func(s *scheduler.Scheduler) func() {
			timer := s.AfterFunc(time.Hour, func() {})
			return func() { timer.Stop() }
		},
		"for an operation": func(s *scheduler.Scheduler) func() {
			s.Go(func(ctx context.Context) func() {
				<-ctx.Done()
				return nil
			})
			return func() {}
		},
	}
	for name, outstanding := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				undo := outstanding(s)
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errEnough)
				defer cancel()
				start := time.Now()
				require.ErrorIs(t, s.Run(ctx), errEnough)
				require.Equal(t, time.Minute, time.Since(start))
				undo()
				require.NoError(t, s.Run(t.Context()))
				require.Equal(t, time.Minute, time.Since(start))
			})
		})
	}
}

func TestRunWithACtxThatHasEndedReturnsItsCause(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := scheduler.New()
	defer s.Hold()()
	require.ErrorIs(t, s.Run(ctx), context.Canceled)
	require.ErrorIs(t, s.RunUntil(ctx, func() bool { return false }), context.Canceled)
}

func TestTheEndOfRunsCtxReachesANestedDrive(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s := scheduler.New()
	defer s.Hold()()
	nested := errors.New("not called")
	s.Enqueue(scheduler.JobFunc(func() {
		s.Post(func() { cancel(errEnough) })
		nested = s.RunUntil(context.Background(), func() bool { return false })
	}))
	require.ErrorIs(t, s.Run(ctx), errEnough)
	require.ErrorIs(t, nested, errEnough, "else a callback that awaits outlives the ctx of its Run")
}

func TestOperationsSeeTheValuesOfRunsCtx(t *testing.T) {
	type key struct{}
	s := scheduler.New()
	var got any
	s.Go(func(ctx context.Context) func() {
		v := ctx.Value(key{})
		return func() { got = v }
	})
	require.NoError(t, s.Run(context.WithValue(t.Context(), key{}, "request 7")))
	require.Equal(t, "request 7", got)
}

func TestCancellationAndAPanicAreBothReported(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s := scheduler.New()
	errBroken := errors.New("broken")
	s.Post(func() {
		cancel(errEnough)
		panic(errBroken)
	})
	defer s.Hold()()
	err := s.Run(ctx)
	require.ErrorIs(t, err, errEnough)
	require.ErrorIs(t, err, errBroken)
	var unhandled *scheduler.UnhandledError
	require.ErrorAs(t, err, &unhandled)
}
