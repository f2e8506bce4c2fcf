package scheduler_test

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/scheduler"
)

var errBoom = errors.New("boom")

func panicWithBoom() { panic(errBoom) }

func TestAPanicIsReportedAndTheLoopGoesOn(t *testing.T) {
	tests := map[string]func(s *scheduler.Scheduler){
		"job":   func(s *scheduler.Scheduler) { s.Enqueue(scheduler.JobFunc(panicWithBoom)) },
		"post":  func(s *scheduler.Scheduler) { s.Post(panicWithBoom) },
		"hook":  func(s *scheduler.Scheduler) { s.AtTickEnd(panicWithBoom) },
		"timer": func(s *scheduler.Scheduler) { s.AfterFunc(0, panicWithBoom) },
		"operation": func(s *scheduler.Scheduler) {
			s.Go(func(context.Context) func() {
				panicWithBoom()
				return nil
			})
		},
		"result of an operation": func(s *scheduler.Scheduler) {
			s.Go(func(context.Context) func() { return panicWithBoom })
		},
		"Done of an operation": func(s *scheduler.Scheduler) {
			s.Start(operation{do: func(context.Context) {}, done: func(error) { panicWithBoom() }})
		},
	}
	for name, start := range tests {
		t.Run(name, func(t *testing.T) {
			s, r := scheduler.New(), &record{}
			start(s)
			s.Enqueue(r.job("job"))
			s.AtTickEnd(r.fn("hook"))
			s.Go(func(context.Context) func() { return r.fn("operation") })

			err := s.Run(t.Context())
			var unhandled *scheduler.UnhandledError
			require.ErrorAs(t, err, &unhandled)
			require.Len(t, unhandled.Errors, 1)
			require.ErrorIs(t, err, errBoom, "a panic with an error is seen through")
			var panicked *scheduler.PanicError
			require.ErrorAs(t, err, &panicked)
			require.Equal(t, errBoom, panicked.Value)
			require.Contains(t, string(panicked.Stack), "panicWithBoom", "the stack is that of the panic")
			require.Contains(t, err.Error(), "boom")
			require.ElementsMatch(t, []string{"job", "hook", "operation"}, r.events)

			require.NoError(t, s.Run(t.Context()), "a panic is reported once")
		})
	}
}

func TestAPanicGoesToWithUnhandled(t *testing.T) {
	var got []error
	s := scheduler.New(scheduler.WithUnhandled(func(err error) { got = append(got, err) }))
	s.Post(panicWithBoom)
	require.NoError(t, s.Run(t.Context()))
	require.Len(t, got, 1)
	require.ErrorIs(t, got[0], errBoom)
}

func TestEveryPanicIsReported(t *testing.T) {
	s := scheduler.New()
	s.Post(func() { panic("first") })
	s.AtTickEnd(func() { panic("second") })
	s.AtTickEnd(func() { panic("third") })
	err := s.Run(t.Context())
	var unhandled *scheduler.UnhandledError
	require.ErrorAs(t, err, &unhandled)
	require.Len(t, unhandled.Errors, 3)
	for i, value := range []string{"first", "second", "third"} {
		var panicked *scheduler.PanicError
		require.ErrorAs(t, unhandled.Errors[i], &panicked)
		require.Equal(t, value, panicked.Value)
		require.Contains(t, err.Error(), value)
	}
}

func TestDoneIsToldHowItsOperationEnded(t *testing.T) {
	tests := map[string]struct {
		do    func(context.Context)
		check func(t *testing.T, err error)
	}{
		"return": {func(context.Context) {}, func(t *testing.T, err error) { require.NoError(t, err) }},
		"panic": {func(context.Context) { panicWithBoom() }, func(t *testing.T, err error) {
			var panicked *scheduler.PanicError
			require.ErrorAs(t, err, &panicked)
			require.Equal(t, errBoom, panicked.Value)
			require.Contains(t, string(panicked.Stack), "panicWithBoom")
		}},
		"panic with nil": {func(context.Context) { panic(nil) }, func(t *testing.T, err error) { //nolint:govet // on purpose
			var panicked *scheduler.PanicError
			require.ErrorAs(t, err, &panicked)
		}},
		"Goexit": {func(context.Context) { runtime.Goexit() }, func(t *testing.T, err error) {
			require.ErrorIs(t, err, scheduler.ErrGoexit)
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var got []error
			s.Start(operation{do: tt.do, done: func(err error) { got = append(got, err) }})
			require.NoError(t, s.Run(t.Context()), "what Done was told is Done's to report")
			require.Len(t, got, 1)
			tt.check(t, got[0])
		})
	}
}

func TestGoexitInAnOperationOfGo(t *testing.T) {
	s := scheduler.New()
	s.Go(func(context.Context) func() {
		runtime.Goexit()
		return nil
	})
	require.ErrorIs(t, s.Run(t.Context()), scheduler.ErrGoexit, "an operation that vanishes must not vanish in silence")
}

// t.FailNow in a callback is runtime.Goexit on the goroutine of the loop. It ends that goroutine, as it
// must; the scheduler must not think for ever that it is still running there.
func TestGoexitOnTheLoopLeavesASchedulerThatRunsAgain(t *testing.T) {
	tests := map[string]func(s *scheduler.Scheduler){
		"job":  func(s *scheduler.Scheduler) { s.Enqueue(scheduler.JobFunc(runtime.Goexit)) },
		"post": func(s *scheduler.Scheduler) { s.Post(runtime.Goexit) },
		"hook": func(s *scheduler.Scheduler) { s.AtTickEnd(runtime.Goexit) },
		"result of an operation": func(s *scheduler.Scheduler) {
			s.Go(func(context.Context) func() { return runtime.Goexit })
		},
		"nested drive": func(s *scheduler.Scheduler) {
			s.Enqueue(scheduler.JobFunc(func() {
				s.Post(runtime.Goexit)
				_ = s.RunUntil(context.Background(), func() bool { return false })
			}))
		},
	}
	for name, start := range tests {
		t.Run(name, func(t *testing.T) {
			s, r := scheduler.New(), &record{}
			start(s)
			ended := make(chan bool)
			go func() {
				returned := false
				defer func() { ended <- returned }()
				_ = s.Run(context.Background())
				returned = true
			}()
			require.False(t, <-ended, "Goexit must end the goroutine that it was called on")
			s.Enqueue(r.job("job"))
			s.AtTickEnd(r.fn("hook"))
			if err := s.Run(t.Context()); err != nil {
				require.ErrorIs(t, err, scheduler.ErrGoexit, "the Run that ended could not report it; this one may")
			}
			require.Equal(t, []string{"job", "hook"}, r.events)
			require.NoError(t, s.Run(t.Context()))
		})
	}
}

func TestMisuseAtConstructionPanicsWithItsName(t *testing.T) {
	tests := map[string]func(s *scheduler.Scheduler){
		"WithPolicy": func(*scheduler.Scheduler) { scheduler.New(scheduler.WithPolicy(nil)) },
		"Enqueue":    func(s *scheduler.Scheduler) { s.Enqueue(nil) },
		"AtTickEnd":  func(s *scheduler.Scheduler) { s.AtTickEnd(nil) },
		"Post":       func(s *scheduler.Scheduler) { s.Post(nil) },
		"Go":         func(s *scheduler.Scheduler) { s.Go(nil) },
		"Start":      func(s *scheduler.Scheduler) { s.Start(nil) },
		"AfterFunc":  func(s *scheduler.Scheduler) { s.AfterFunc(0, nil) },
	}
	for name, misuse := range tests {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			message := panicOf(func() { misuse(s) })
			require.Contains(t, message, "scheduler")
			require.Contains(t, message, "nil")
			require.Contains(t, message, name)
			require.NoError(t, s.Run(t.Context()), "what was refused was not queued")
		})
	}
}

// A zero errgroup.Group is ready for use, so people will try it with this one.
func TestMisuseOfAGroupOrAContextSaysWhatToDo(t *testing.T) {
	var none context.Context
	for name, row := range map[string]struct {
		misuse func(s *scheduler.Scheduler)
		says   string
	}{
		"Go of a zero Group":    {func(*scheduler.Scheduler) { new(scheduler.Group).Go(nil) }, "NewGroup"},
		"Wait of a zero Group":  {func(*scheduler.Scheduler) { _ = new(scheduler.Group).Wait() }, "NewGroup"},
		"NewGroup of a nil ctx": {func(*scheduler.Scheduler) { scheduler.NewGroup(none) }, "ctx carries no scheduler"},
		"NewGroup without a scheduler": {func(*scheduler.Scheduler) {
			scheduler.NewGroup(t.Context())
		}, "scheduler.NewContext"},
		"Run with a nil ctx": {func(s *scheduler.Scheduler) { _ = s.Run(none) }, "nil context"},
		"RunUntil with a nil ctx": {func(s *scheduler.Scheduler) {
			_ = s.RunUntil(none, func() bool { return true })
		}, "nil context"},
		"Visit with a nil ctx": {func(s *scheduler.Scheduler) {
			_ = s.Visit(none, &scheduler.Visit{}, nil)
		}, "nil context"},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			require.Contains(t, panicOf(func() { row.misuse(s) }), row.says)
			require.NoError(t, s.Run(t.Context()))
		})
	}
}
