package promise_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// test_3_2_6_1: the value of a callback fulfils the promise that was returned, whichever side the callback is on.
func TestPythonCallbackValueFulfilsChild(t *testing.T) {
	s := scheduler.New()
	squared := promise.Map(promise.Resolve(s, 5), func(v int) (string, error) { return strconv.Itoa(v * v), nil })
	recovered := promise.Reject[int](s, errors.New("Error")).Recover(func(error) (int, error) { return 5, nil })
	handled := promise.Handle(promise.Reject[int](s, errors.New("Error")), func(_ int, err error) *promise.Promise[string] {
		return promise.Resolve(s, err.Error())
	})
	pyRun(t, s)
	pyFulfilled(t, squared, "25")
	pyFulfilled(t, recovered, 5)
	pyFulfilled(t, handled, "Error")
}

// test_3_2_6_2_when, test_3_2_6_2_if: a callback that fails rejects the promise that was returned. Go has two ways to
// fail: an error that is returned arrives as it is, a panic arrives as a *PanicError.
func TestPythonCallbackFailureRejectsChild(t *testing.T) {
	failure := errors.New("Exception Message")
	reason := errors.New("Error")
	for _, c := range []struct {
		name   string
		reject bool
		panics bool
		chain  func(p *promise.Promise[int]) *promise.Promise[int]
	}{
		{"Map returns an error", false, false, func(p *promise.Promise[int]) *promise.Promise[int] {
			return p.Map(func(int) (int, error) { return 0, failure })
		}},
		{"Map panics", false, true, func(p *promise.Promise[int]) *promise.Promise[int] {
			return p.Map(func(int) (int, error) { panic(failure) })
		}},
		{"Then panics", false, true, func(p *promise.Promise[int]) *promise.Promise[int] {
			return p.Then(func(int) *promise.Promise[int] { panic(failure) })
		}},
		{"Tap panics", false, true, func(p *promise.Promise[int]) *promise.Promise[int] {
			return p.Tap(func(int) { panic(failure) })
		}},
		{"Handle panics on a value", false, true, func(p *promise.Promise[int]) *promise.Promise[int] {
			return promise.Handle(p, func(int, error) *promise.Promise[int] { panic(failure) })
		}},
		{"Recover returns an error", true, false, func(p *promise.Promise[int]) *promise.Promise[int] {
			return p.Recover(func(error) (int, error) { return 0, failure })
		}},
		{"Recover panics", true, true, func(p *promise.Promise[int]) *promise.Promise[int] {
			return p.Recover(func(error) (int, error) { panic(failure) })
		}},
		{"Catch panics", true, true, func(p *promise.Promise[int]) *promise.Promise[int] {
			return p.Catch(func(error) *promise.Promise[int] { panic(failure) })
		}},
		{"CatchAs panics", true, true, func(p *promise.Promise[int]) *promise.Promise[int] {
			return promise.CatchAs(p, func(error) *promise.Promise[int] { panic(failure) })
		}},
		{"Finally panics", true, true, func(p *promise.Promise[int]) *promise.Promise[int] {
			return p.Finally(func() { panic(failure) })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			pyWhenIf(t, "test_3_2_6_2_when", "test_3_2_6_2_if", func(t *testing.T, do func(chain, settle func())) {
				s := scheduler.New()
				p, r := promise.WithResolvers[int](s)
				var child *promise.Promise[int]
				do(func() { child = c.chain(p) }, func() {
					if c.reject {
						r.Reject(reason)
					} else {
						r.Resolve(5)
					}
				})
				if !c.panics {
					pyGetError(t, child, failure)
					pyRun(t, s)
					return
				}
				_, err := child.Await(t.Context())
				var panicked *promise.PanicError
				require.ErrorAs(t, err, &panicked)
				require.Equal(t, failure, panicked.Value)
				require.ErrorIs(t, err, failure)
				pyRun(t, s)
			})
		})
	}
}

// test_3_2_6_3_when_fulfilled, test_3_2_6_3_when_rejected: a callback returns a promise that is still pending. Python
// settles root and inner before anything runs; here the loop runs dry between the two, so the child is really waiting.
func TestPythonChildWaitsForReturnedPromise(t *testing.T) {
	for _, root := range []string{"fulfilled", "rejected"} {
		for _, inner := range []string{"fulfilled", "rejected"} {
			t.Run("test_3_2_6_3_when_"+root+"/inner "+inner, func(t *testing.T) {
				s := scheduler.New()
				p1, r1 := promise.WithResolvers[int](s)
				pending, rInner := promise.WithResolvers[int](s)
				child := pyReturn(p1, root, pending)
				pySettle(r1, root, 10, errors.New("Error"))
				pyPending(t, pending, child)
				pyRun(t, s)
				pyPending(t, pending, child)

				assertion := errors.New("Assertion")
				pySettle(rInner, inner, 5, assertion)
				if inner == "fulfilled" {
					pyGet(t, child, 5)
					pyFulfilled(t, pending, 5)
				} else {
					pyGetError(t, child, assertion)
					pyRejected(t, pending, assertion)
				}
				pyRun(t, s)
			})
		}
	}
}

// test_3_2_6_3_if_fulfilled, test_3_2_6_3_if_rejected: the same where root and inner are settled already.
func TestPythonChildAdoptsReturnedSettledPromise(t *testing.T) {
	for _, root := range []string{"fulfilled", "rejected"} {
		for _, inner := range []string{"fulfilled", "rejected"} {
			t.Run("test_3_2_6_3_if_"+root+"/inner "+inner, func(t *testing.T) {
				s := scheduler.New()
				assertion := errors.New("Assertion")
				p1, r1 := promise.WithResolvers[int](s)
				settled, rInner := promise.WithResolvers[int](s)
				pySettle(r1, root, 10, errors.New("Error"))
				pySettle(rInner, inner, 5, assertion)
				child := pyReturn(p1, root, settled)
				if inner == "fulfilled" {
					pyGet(t, child, 5)
				} else {
					pyGetError(t, child, assertion)
				}
				pyRun(t, s)
			})
		}
	}
}

// pyReturn chains a callback that returns inner, on the side of p that outcome names.
func pyReturn(p *promise.Promise[int], outcome string, inner *promise.Promise[int]) *promise.Promise[int] {
	if outcome == "fulfilled" {
		return p.Then(func(int) *promise.Promise[int] { return inner })
	}
	return p.Catch(func(error) *promise.Promise[int] { return inner })
}

func pySettle(r promise.Resolver[int], outcome string, v int, reason error) {
	if outcome == "fulfilled" {
		r.Resolve(v)
	} else {
		r.Reject(reason)
	}
}

// test_chained_promises: an executor hands over a promise instead of a value. In Go that is Follow, or Done with the
// executor's own functions.
func TestPythonExecutorResolvesWithPromise(t *testing.T) {
	reason := errors.New("Error")
	for name, adopt := range map[string]func(s *scheduler.Scheduler, inner *promise.Promise[bool]) *promise.Promise[bool]{
		"Follow": func(s *scheduler.Scheduler, inner *promise.Promise[bool]) *promise.Promise[bool] {
			p, r := promise.WithResolvers[bool](s)
			r.Follow(inner)
			return p
		},
		"Done": func(s *scheduler.Scheduler, inner *promise.Promise[bool]) *promise.Promise[bool] {
			return promise.New(s, func(resolve func(bool), reject func(error)) { inner.Done(resolve, reject) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			pyGet(t, adopt(s, promise.Resolve(s, true)), true)
			pyGetError(t, adopt(s, promise.Reject[bool](s, reason)), reason)

			inner, r := promise.WithResolvers[bool](s)
			late := adopt(s, inner)
			pyRun(t, s)
			pyPending(t, late)
			r.Resolve(true)
			pyRun(t, s)
			pyFulfilled(t, late, true)
		})
	}
}

// pyNested is a chain whose callbacks return promises that come from callbacks that return promises.
func pyNested(s *scheduler.Scheduler, v string) *promise.Promise[string] {
	x := promise.Then(promise.Resolve(s, 0), func(int) *promise.Promise[string] { return promise.Resolve(s, "X") })
	return x.Then(func(string) *promise.Promise[string] {
		return promise.Then(promise.Resolve(s, 0), func(int) *promise.Promise[string] { return promise.Resolve(s, v) })
	})
}

// test_promise_follows_indifentely
func TestPythonGetThroughNestedPromises(t *testing.T) {
	s := scheduler.New()
	pyGet(t, pyNested(s, "B"), "B")
	pyRun(t, s)
}

// test_promise_all_follows_indifentely
func TestPythonAllOverNestedPromisesKeepsOrder(t *testing.T) {
	s := scheduler.New()
	pyGet(t, promise.All(s, pyNested(s, "A"), promise.Resolve(s, "B"), pyNested(s, "C")), []string{"A", "B", "C"})
	pyRun(t, s)
}
