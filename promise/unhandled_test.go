package promise_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// codeError is an error that callers ask for by its type.
type codeError struct{ code int }

func (e *codeError) Error() string { return fmt.Sprint("code ", e.code) }

// listError cannot be compared with ==.
type listError []string

func (e listError) Error() string { return fmt.Sprint([]string(e)) }

// unhandledOf runs the loop and returns what it reports.
func unhandledOf(t *testing.T, s *scheduler.Scheduler) []error {
	t.Helper()
	err := s.Run(t.Context())
	if err == nil {
		return nil
	}
	var unhandled *promise.UnhandledError
	require.ErrorAs(t, err, &unhandled)
	return unhandled.Errors
}

func TestARejectionThatNobodyHandlesIsReportedOnce(t *testing.T) {
	makers := map[string]func(s *scheduler.Scheduler, err error){
		"Reject": func(s *scheduler.Scheduler, err error) { promise.Reject[int](s, err) },
		"Resolver": func(s *scheduler.Scheduler, err error) {
			_, r := promise.WithResolvers[int](s)
			r.Reject(err)
		},
		"New": func(s *scheduler.Scheduler, err error) {
			promise.New(s, func(_ func(int), reject func(error)) { reject(err) })
		},
		"Try": func(s *scheduler.Scheduler, err error) {
			promise.Try(s, func() (int, error) { return 0, err })
		},
		"Go": func(s *scheduler.Scheduler, err error) {
			promise.Go(s, func(context.Context) (int, error) { return 0, err })
		},
		"Async": func(s *scheduler.Scheduler, err error) {
			promise.Async(s, func(context.Context) (int, error) { return 0, err })
		},
		"Map": func(s *scheduler.Scheduler, err error) {
			promise.Map(promise.Resolve(s, 1), func(int) (int, error) { return 0, err })
		},
		"Then": func(s *scheduler.Scheduler, err error) {
			promise.Then(promise.Resolve(s, 1), func(int) *promise.Promise[int] { return promise.Reject[int](s, err) })
		},
		"a chain": func(s *scheduler.Scheduler, err error) {
			promise.Reject[int](s, err).Map(same).Map(same).Finally(func() {}).Tap(func(int) {})
		},
		"a follower": func(s *scheduler.Scheduler, err error) {
			p, inner := promise.WithResolvers[int](s)
			_, outer := promise.WithResolvers[int](s)
			outer.Follow(p)
			inner.Reject(err)
		},
		"All":      func(s *scheduler.Scheduler, err error) { promise.All(s, promise.Reject[int](s, err)) },
		"Any":      func(s *scheduler.Scheduler, err error) { promise.Any(s, promise.Reject[int](s, err)) },
		"Race":     func(s *scheduler.Scheduler, err error) { promise.Race(s, promise.Reject[int](s, err)) },
		"Done nil": func(s *scheduler.Scheduler, err error) { promise.Reject[int](s, err).Done(func(int) {}, nil) },
		"Catch that fails again": func(s *scheduler.Scheduler, err error) {
			promise.Reject[int](s, errOther).Catch(func(error) *promise.Promise[int] { return promise.Reject[int](s, err) })
		},
		"CatchAs of another type": func(s *scheduler.Scheduler, err error) {
			promise.CatchAs(promise.Reject[int](s, err), func(*promise.AggregateError) *promise.Promise[int] { return nil })
		},
	}
	for name, make := range makers {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			make(s, &codeError{404})
			err := s.Run(t.Context())
			var code *codeError
			require.ErrorAs(t, err, &code)
			require.Equal(t, 404, code.code)
			require.ErrorIs(t, err, error(code))
			var unhandled *promise.UnhandledError
			require.ErrorAs(t, err, &unhandled)
			require.Len(t, unhandled.Errors, 1)
			require.Contains(t, err.Error(), "code 404")
			run(t, s) // it was reported
		})
	}
}

func TestWhatCountsAsHandled(t *testing.T) {
	handlers := map[string]func(s *scheduler.Scheduler, p *promise.Promise[int]){
		"Catch": func(s *scheduler.Scheduler, p *promise.Promise[int]) {
			p.Catch(func(error) *promise.Promise[int] { return promise.Resolve(s, 1) })
		},
		"Recover": func(_ *scheduler.Scheduler, p *promise.Promise[int]) {
			p.Recover(func(error) (int, error) { return 1, nil })
		},
		"CatchAs": func(s *scheduler.Scheduler, p *promise.Promise[int]) {
			promise.CatchAs(p, func(*codeError) *promise.Promise[int] { return promise.Resolve(s, 1) })
		},
		"Handle": func(s *scheduler.Scheduler, p *promise.Promise[int]) {
			promise.Handle(p, func(int, error) *promise.Promise[int] { return promise.Resolve(s, 1) })
		},
		"Done":       func(_ *scheduler.Scheduler, p *promise.Promise[int]) { p.Done(nil, func(error) {}) },
		"AllSettled": func(s *scheduler.Scheduler, p *promise.Promise[int]) { promise.AllSettled(s, p) },
		"Any":        func(s *scheduler.Scheduler, p *promise.Promise[int]) { promise.Any(s, p, promise.Resolve(s, 1)) },
		"Result":     func(_ *scheduler.Scheduler, p *promise.Promise[int]) { _, _, _ = p.Result() },
		"Await":      func(_ *scheduler.Scheduler, p *promise.Promise[int]) { _, _ = p.Await(context.Background()) },
		"a follower that is handled": func(s *scheduler.Scheduler, p *promise.Promise[int]) {
			q, r := promise.WithResolvers[int](s)
			q.Done(nil, func(error) {})
			r.Follow(p)
		},
		"Race lost": func(s *scheduler.Scheduler, p *promise.Promise[int]) { promise.Race(s, promise.Resolve(s, 1), p) },
	}
	for name, handle := range handlers {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			handle(s, promise.Reject[int](s, &codeError{404}))
			run(t, s)
		})
	}
}

func TestLookingAtTheStateHandlesNothing(t *testing.T) {
	s := scheduler.New()
	p := promise.Reject[int](s, errBoom)
	require.Equal(t, promise.Rejected, p.State())
	require.Contains(t, p.String(), "boom")
	require.Same(t, s, p.Scheduler())
	require.ErrorIs(t, s.Run(t.Context()), errBoom)
}

func TestHandlingLateButBeforeTheEndOfRunCounts(t *testing.T) {
	s := scheduler.New()
	p := promise.Reject[int](s, errBoom)
	var caught error
	// Several ticks, a round trip and a timer later than the rejection.
	s.AtTickEnd(func() {
		s.Go(func(context.Context) func() {
			return func() {
				s.AfterFunc(0, func() { s.Post(func() { p.Done(nil, func(err error) { caught = err }) }) })
			}
		})
	})
	run(t, s)
	require.ErrorIs(t, caught, errBoom)
}

func TestHandlingAfterTheReportIsTooLateButWorks(t *testing.T) {
	s := scheduler.New()
	p := promise.Reject[int](s, errBoom)
	require.ErrorIs(t, s.Run(t.Context()), errBoom)
	recovered := p.Recover(func(error) (int, error) { return 2, nil })
	run(t, s)
	requireValue(t, 2, recovered)
}

func TestEveryLeafOfABranchIsLookedAt(t *testing.T) {
	s := scheduler.New()
	p := promise.Reject[int](s, errBoom)
	p.Recover(func(error) (int, error) { return 1, nil })
	p.Map(same) // this branch is nobody's, though its neighbour is handled
	require.Equal(t, []error{errBoom}, unhandledOf(t, s))

	q := promise.Resolve(s, 1)
	q.Map(func(int) (int, error) { return 0, errBoom })
	q.Map(func(int) (int, error) { return 0, errOther })
	q.Map(same)
	require.ElementsMatch(t, []error{errBoom, errOther}, unhandledOf(t, s))
}

func TestOneOfTwoFollowersIsHandled(t *testing.T) {
	s := scheduler.New()
	inner, r := promise.WithResolvers[int](s)
	handled, first := promise.WithResolvers[int](s)
	_, second := promise.WithResolvers[int](s)
	handled.Done(nil, func(error) {})
	first.Follow(inner)
	second.Follow(inner)
	r.Reject(errBoom)
	require.Equal(t, []error{errBoom}, unhandledOf(t, s), "the other follower is a leaf that nobody looked at")
}

func TestOneErrorThatReachedSeveralLeavesIsReportedOnce(t *testing.T) {
	s := scheduler.New()
	p := promise.Reject[int](s, errBoom)
	for range 5 {
		p.Map(same).Map(same)
	}
	promise.Reject[int](s, errBoom)
	promise.All(s, p)
	require.Equal(t, []error{errBoom}, unhandledOf(t, s))
}

func TestEveryOneOfManyIsReported(t *testing.T) {
	// Many at once, most of them handled in the end: the list of suspects is cleaned while it grows.
	const n = 1_000
	s := scheduler.New()
	var want []error
	ps, rs := members(s, n)
	for i := range n {
		_, follower := promise.WithResolvers[int](s)
		follower.Follow(ps[i])
		p := promise.Reject[int](s, &codeError{i})
		if i%10 == 0 {
			want = append(want, &codeError{i}, &codeError{-i})
		} else {
			p.Done(nil, func(error) {})
		}
	}
	for i, r := range rs {
		if i%10 == 0 {
			r.Reject(&codeError{-i})
		} else {
			r.Resolve(i)
		}
	}
	require.ElementsMatch(t, want, unhandledOf(t, s))
}

func TestAFollowerThatFailsInALaterRunIsReportedThen(t *testing.T) {
	s := scheduler.New()
	p, r := promise.WithResolvers[int](s)
	promise.Then(promise.Resolve(s, 1), func(int) *promise.Promise[int] { return p })
	run(t, s)
	r.Reject(errBoom)
	require.Equal(t, []error{errBoom}, unhandledOf(t, s))
}

func TestErrorsThatCannotBeComparedAreReportedToo(t *testing.T) {
	// To ask which errors are the same with == panics for an error that is a slice.
	s := scheduler.New()
	for range 2 {
		promise.Reject[int](s, listError{"name", "age"})
	}
	promise.Reject[int](s, errBoom)
	err := s.Run(t.Context())
	var fields listError
	require.ErrorAs(t, err, &fields)
	require.ErrorIs(t, err, errBoom)
}

func TestDoneCallbacksThatPanicAreReported(t *testing.T) {
	s := scheduler.New()
	promise.Resolve(s, 1).Done(func(int) { panic(errBoom) }, nil)
	promise.Reject[int](s, errors.New("handled")).Done(nil, func(error) { panic(errOther) })
	errs := unhandledOf(t, s)
	require.Len(t, errs, 2)
	for i, want := range []error{errBoom, errOther} {
		var panicked *promise.PanicError
		require.ErrorAs(t, errs[i], &panicked)
		require.ErrorIs(t, errs[i], want)
	}
}

func TestWithUnhandledTakesRejectionsOver(t *testing.T) {
	var got []error
	s := scheduler.New(scheduler.WithUnhandled(func(err error) { got = append(got, err) }))
	promise.Reject[int](s, errBoom)
	promise.Reject[int](s, errBoom)
	promise.Resolve(s, 1).Map(func(int) (int, error) { return 0, errOther })
	promise.Reject[int](s, errors.New("handled")).Done(nil, func(error) {})
	run(t, s)
	require.Equal(t, []error{errBoom, errOther}, got)
	run(t, s)
	require.Len(t, got, 2)
}

func TestAwaitTellsItsOwnRejectionAndLeavesTheOthersToRun(t *testing.T) {
	s := scheduler.New()
	promise.Reject[int](s, errOther)
	_, err := promise.Reject[int](s, errBoom).Await(t.Context())
	require.Equal(t, errBoom, err)
	require.Equal(t, []error{errOther}, unhandledOf(t, s))
}

func TestAPendingPromiseIsNoError(t *testing.T) {
	s := scheduler.New()
	p, _ := promise.WithResolvers[int](s)
	p.Map(same).Finally(func() {})
	run(t, s)
	requirePending(t, p)
}
