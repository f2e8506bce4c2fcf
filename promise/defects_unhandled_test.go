package promise_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// In Python errors in done() vanish, and a rejection without a handler is never reported.

// requireReported runs the loop, wants exactly these errors to be reported, in any order, and wants them to be reported
// once.
func requireReported(t *testing.T, s *scheduler.Scheduler, want ...error) {
	t.Helper()
	err := s.Run(t.Context())
	var unhandled *promise.UnhandledError
	require.ErrorAs(t, err, &unhandled)
	require.Len(t, unhandled.Errors, len(want), "%v", unhandled.Errors)
	for _, w := range want {
		require.ErrorIs(t, err, w)
	}
	require.NoError(t, s.Run(t.Context()), "reported a second time")
}

func TestDefectErrorInDoneVanishes(t *testing.T) {
	failure := errors.New("in done")
	for name, arrange := range map[string]func(s *scheduler.Scheduler){
		"panic on a value": func(s *scheduler.Scheduler) {
			promise.Resolve(s, 1).Done(func(int) { panic(failure) }, nil)
		},
		"panic on a value, with a handler beside it": func(s *scheduler.Scheduler) {
			promise.Resolve(s, 1).Done(func(int) { panic(failure) }, func(error) {})
		},
		"panic on an error": func(s *scheduler.Scheduler) {
			promise.Reject[int](s, errors.New("Error")).Done(nil, func(error) { panic(failure) })
		},
		"no handler for the error": func(s *scheduler.Scheduler) {
			promise.Reject[int](s, failure).Done(func(int) {}, nil)
		},
		"no handler at all": func(s *scheduler.Scheduler) {
			promise.Reject[int](s, failure).Done(nil, nil)
		},
		"no handler for an error that comes later": func(s *scheduler.Scheduler) {
			p, r := promise.WithResolvers[int](s)
			p.Done(func(int) {}, nil)
			s.Post(func() { r.Reject(failure) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			arrange(s)
			requireReported(t, s, failure)
		})
	}
}

func TestDefectUnhandledRejectionIsLost(t *testing.T) {
	failure := errors.New("lost")
	for name, arrange := range map[string]func(s *scheduler.Scheduler){
		"Reject": func(s *scheduler.Scheduler) { promise.Reject[int](s, failure) },
		"executor": func(s *scheduler.Scheduler) {
			promise.New(s, func(_ func(int), reject func(error)) { reject(failure) })
		},
		"executor panics": func(s *scheduler.Scheduler) {
			promise.New(s, func(func(int), func(error)) { panic(failure) })
		},
		"callback returns it": func(s *scheduler.Scheduler) {
			promise.Resolve(s, 1).Map(func(int) (int, error) { return 0, failure })
		},
		"callback panics": func(s *scheduler.Scheduler) {
			promise.Resolve(s, 1).Then(func(int) *promise.Promise[int] { panic(failure) })
		},
		"handler returns it": func(s *scheduler.Scheduler) {
			promise.Reject[int](s, errors.New("Error")).Recover(func(error) (int, error) { return 0, failure })
		},
		"handler for other errors": func(s *scheduler.Scheduler) {
			p := promise.Reject[int](s, failure)
			promise.CatchAs(p, func(pyNumberedError) *promise.Promise[int] { return promise.Resolve(s, 0) })
		},
		"end of a long chain": func(s *scheduler.Scheduler) {
			p := promise.Reject[int](s, failure)
			for range 100 {
				p = p.Tap(func(int) {}).Finally(func() {})
			}
		},
		"follower": func(s *scheduler.Scheduler) {
			_, r := promise.WithResolvers[int](s)
			r.Follow(promise.Reject[int](s, failure))
		},
		"one of two followers": func(s *scheduler.Scheduler) {
			target, r := promise.WithResolvers[int](s)
			for i := range 2 {
				p, rp := promise.WithResolvers[int](s)
				rp.Follow(target)
				if i == 0 {
					p.Recover(func(error) (int, error) { return 0, nil })
				}
			}
			s.Post(func() { r.Reject(failure) })
		},
		"All": func(s *scheduler.Scheduler) { promise.All(s, promise.Resolve(s, 1), promise.Reject[int](s, failure)) },
		"several leaves": func(s *scheduler.Scheduler) {
			p := promise.Reject[int](s, failure)
			for range 10 {
				p.Tap(func(int) {}).Map(func(v int) (int, error) { return v, nil })
			}
			promise.Reject[int](s, failure)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			arrange(s)
			requireReported(t, s, failure)
		})
	}
}

// Every distinct error is reported, the first as well as the last.
func TestDefectOnlyOneUnhandledRejectionIsReported(t *testing.T) {
	s := scheduler.New()
	a, b, c := errors.New("a"), errors.New("b"), errors.New("c")
	promise.Reject[int](s, a)
	promise.Resolve(s, 1).Map(func(int) (int, error) { return 0, b })
	s.Post(func() { promise.Reject[string](s, c) })
	requireReported(t, s, a, b, c)
}

// fieldErrors is an error whose values cannot be compared: == on two of them panics.
type fieldErrors []string

func (e fieldErrors) Error() string { return strings.Join(e, ", ") }

// To tell whether an error was reported already, errors are compared. That must not be the end of a program whose errors
// are slices.
func TestDefectUnhandledErrorThatCannotBeCompared(t *testing.T) {
	s := scheduler.New()
	p := promise.Reject[int](s, fieldErrors{"name", "age"})
	p.Tap(func(int) {})
	p.Tap(func(int) {})
	var err error
	require.NotPanics(t, func() { err = s.Run(t.Context()) })
	var fields fieldErrors
	require.ErrorAs(t, err, &fields)
	require.Equal(t, fieldErrors{"name", "age"}, fields)
}

// What is reacted to before Run ends is not reported, however late that was.
func TestDefectHandledRejectionIsReported(t *testing.T) {
	failure := errors.New("handled")
	recovered := func(p *promise.Promise[int]) { p.Recover(func(error) (int, error) { return 0, nil }) }
	for name, react := range map[string]func(s *scheduler.Scheduler, p *promise.Promise[int]){
		"at once": func(_ *scheduler.Scheduler, p *promise.Promise[int]) { recovered(p) },
		"ticks later": func(s *scheduler.Scheduler, p *promise.Promise[int]) {
			s.Post(func() { s.AtTickEnd(func() { s.Post(func() { recovered(p) }) }) })
		},
		"Done":       func(_ *scheduler.Scheduler, p *promise.Promise[int]) { p.Done(nil, func(error) {}) },
		"Result":     func(_ *scheduler.Scheduler, p *promise.Promise[int]) { _, _, _ = p.Result() },
		"Await":      func(s *scheduler.Scheduler, p *promise.Promise[int]) { s.Post(func() { _, _ = p.Await(t.Context()) }) },
		"AllSettled": func(s *scheduler.Scheduler, p *promise.Promise[int]) { promise.AllSettled(s, p) },
		"Any":        func(s *scheduler.Scheduler, p *promise.Promise[int]) { promise.Any(s, p, promise.Resolve(s, 1)) },
		"followed by one that is handled": func(s *scheduler.Scheduler, p *promise.Promise[int]) {
			q, r := promise.WithResolvers[int](s)
			r.Follow(p)
			recovered(q)
		},
		"a pending one is followed, twice over": func(s *scheduler.Scheduler, p *promise.Promise[int]) {
			recovered(p)
			last, rLast := promise.WithResolvers[int](s)
			middle, rMiddle := promise.WithResolvers[int](s)
			first, rFirst := promise.WithResolvers[int](s)
			rMiddle.Follow(last)
			rFirst.Follow(middle)
			recovered(first)
			s.Post(func() { rLast.Reject(failure) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			react(s, promise.Reject[int](s, failure))
			pyRun(t, s)
		})
	}
}

// WithUnhandled takes the reports over: each error comes once, and Run has nothing left to say about it.
func TestDefectUnhandledRejectionEscapesWithUnhandled(t *testing.T) {
	var got []error
	s := scheduler.New(scheduler.WithUnhandled(func(err error) { got = append(got, err) }))
	failure := errors.New("taken over")
	p := promise.Reject[int](s, failure)
	p.Tap(func(int) {})
	p.Tap(func(int) {})
	pyRun(t, s)
	pyRun(t, s)
	require.Len(t, got, 1)
	require.ErrorIs(t, got[0], failure)
}
