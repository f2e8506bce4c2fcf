package promise_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// tests/test_spec.py numbers the clauses of an early Promises/A+ draft: its 3.2.x is today's 2.2.x.

// pyWithoutCallback lists every way to chain without a callback.
var pyWithoutCallback = []struct {
	name  string
	chain func(p *promise.Promise[int]) *promise.Promise[int]
}{
	{"Then", func(p *promise.Promise[int]) *promise.Promise[int] { return promise.Then[int, int](p, nil) }},
	{"Map", func(p *promise.Promise[int]) *promise.Promise[int] { return promise.Map[int, int](p, nil) }},
	{"Handle", func(p *promise.Promise[int]) *promise.Promise[int] { return promise.Handle[int, int](p, nil) }},
	{"Catch", func(p *promise.Promise[int]) *promise.Promise[int] { return p.Catch(nil) }},
	{"CatchAs", func(p *promise.Promise[int]) *promise.Promise[int] { return promise.CatchAs[error](p, nil) }},
	{"Recover", func(p *promise.Promise[int]) *promise.Promise[int] { return p.Recover(nil) }},
	{"Finally", func(p *promise.Promise[int]) *promise.Promise[int] { return p.Finally(nil) }},
	{"Tap", func(p *promise.Promise[int]) *promise.Promise[int] { return p.Tap(nil) }},
}

// test_3_2_1, test_3_2_6_4_pending, test_3_2_6_4_fulfilled, test_3_2_6_5_pending, test_3_2_6_5_rejected: without a
// callback the outcome passes through, whatever it is and whenever it comes.
func TestPythonMissingCallbackPassesOutcomeThrough(t *testing.T) {
	for _, without := range pyWithoutCallback {
		t.Run(without.name, func(t *testing.T) {
			pyWhenIf(t, "test_3_2_6_4_pending", "test_3_2_6_4_fulfilled", func(t *testing.T, do func(chain, settle func())) {
				s := scheduler.New()
				p, r := promise.WithResolvers[int](s)
				var child *promise.Promise[int]
				do(func() { child = without.chain(p) }, func() { r.Resolve(10) })
				pyRun(t, s)
				pyFulfilled(t, p, 10)
				pyFulfilled(t, child, 10)
			})
			pyWhenIf(t, "test_3_2_6_5_pending", "test_3_2_6_5_rejected", func(t *testing.T, do func(chain, settle func())) {
				s := scheduler.New()
				reason := errors.New("How dare you!")
				p, r := promise.WithResolvers[int](s)
				var child *promise.Promise[int]
				do(func() { child = without.chain(p) }, func() { r.Reject(reason) })
				pyGetError(t, child, reason)
				pyRejected(t, p, reason)
				pyRun(t, s)
			})
		})
	}
}

// test_3_2_1, the part that Python cannot have: without a callback a value of another type has nowhere to go.
func TestPythonMissingCallbackCannotChangeTheType(t *testing.T) {
	s := scheduler.New()
	reason := errors.New("Error")
	for name, chain := range map[string]func(p *promise.Promise[int]) *promise.Promise[string]{
		"Then":   func(p *promise.Promise[int]) *promise.Promise[string] { return promise.Then[int, string](p, nil) },
		"Map":    func(p *promise.Promise[int]) *promise.Promise[string] { return promise.Map[int, string](p, nil) },
		"Handle": func(p *promise.Promise[int]) *promise.Promise[string] { return promise.Handle[int, string](p, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := chain(promise.Resolve(s, 5)).Await(t.Context())
			require.ErrorContains(t, err, "promise: ")
			pyGetError(t, chain(promise.Reject[int](s, reason)), reason)
			pyRun(t, s)
		})
	}
}

// test_3_2_1_1: without a callback for the value, the one for the error still gets the reason.
func TestPythonReasonReachesHandlerWithoutFulfilCallback(t *testing.T) {
	for name, react := range map[string]func(p *promise.Promise[int], got func(error)){
		"Done": func(p *promise.Promise[int], got func(error)) { p.Done(nil, got) },
		"Catch": func(p *promise.Promise[int], got func(error)) {
			p.Catch(func(err error) *promise.Promise[int] { got(err); return promise.Resolve(p.Scheduler(), 0) })
		},
		"Recover": func(p *promise.Promise[int], got func(error)) {
			p.Recover(func(err error) (int, error) { got(err); return 0, nil })
		},
		"nil Then before Recover": func(p *promise.Promise[int], got func(error)) {
			promise.Then[int, int](p, nil).Recover(func(err error) (int, error) { got(err); return 0, nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			reason := errors.New("Error: None")
			var reasons []error
			react(promise.Reject[int](s, reason), func(err error) { reasons = append(reasons, err) })
			pyRun(t, s)
			require.Len(t, reasons, 1)
			require.Same(t, reason, reasons[0])
		})
	}
}

// test_3_2_1_2: without a callback for the error, the one for the value still gets the value.
func TestPythonValueReachesHandlerWithoutRejectCallback(t *testing.T) {
	for name, react := range map[string]func(p *promise.Promise[string], got func(string)){
		"Done": func(p *promise.Promise[string], got func(string)) { p.Done(got, nil) },
		"Tap":  func(p *promise.Promise[string], got func(string)) { p.Tap(got) },
		"Then": func(p *promise.Promise[string], got func(string)) {
			p.Then(func(v string) *promise.Promise[string] { got(v); return p })
		},
		"Map": func(p *promise.Promise[string], got func(string)) {
			p.Map(func(v string) (string, error) { got(v); return v, nil })
		},
		"nil Catch before Tap":   func(p *promise.Promise[string], got func(string)) { p.Catch(nil).Tap(got) },
		"nil Recover before Tap": func(p *promise.Promise[string], got func(string)) { p.Recover(nil).Tap(got) },
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var values []string
			react(promise.Resolve(s, "Error: None"), func(v string) { values = append(values, v) })
			pyRun(t, s)
			require.Equal(t, []string{"Error: None"}, values)
		})
	}
}

// pyCalls counts what a promise told its callbacks.
type pyCalls struct {
	values  []int
	reasons []error
}

func (c *pyCalls) watch(p *promise.Promise[int]) {
	p.Done(func(v int) { c.values = append(c.values, v) }, func(err error) { c.reasons = append(c.reasons, err) })
}

// test_3_2_2_1, test_3_2_3_3, test_promise_resolved_after: the callback for the value runs exactly once, with the value,
// and the one for the error never.
func TestPythonFulfilledPromiseCallsFulfilCallbackOnce(t *testing.T) {
	pyWhenIf(t, "test_promise_resolved_after", "test_3_2_2_1", func(t *testing.T, do func(chain, settle func())) {
		s := scheduler.New()
		p, r := promise.WithResolvers[int](s)
		var calls pyCalls
		do(func() { calls.watch(p) }, func() { r.Resolve(5) })
		pyRun(t, s)
		pyRun(t, s)
		require.Equal(t, []int{5}, calls.values)
		require.Empty(t, calls.reasons)
	})
}

// test_3_2_2_3, test_3_2_3_1: the callback for the error runs exactly once, with the reason, and the one for the value
// never.
func TestPythonRejectedPromiseCallsRejectCallbackOnce(t *testing.T) {
	pyWhenIf(t, "test_3_2_2_3", "test_3_2_3_1", func(t *testing.T, do func(chain, settle func())) {
		s := scheduler.New()
		reason := errors.New("Error")
		p, r := promise.WithResolvers[int](s)
		var calls pyCalls
		do(func() { calls.watch(p) }, func() { r.Reject(reason) })
		pyRun(t, s)
		pyRun(t, s)
		require.Len(t, calls.reasons, 1)
		require.Same(t, reason, calls.reasons[0])
		require.Empty(t, calls.values)
	})
}

// test_3_2_2_3, test_3_2_3_3, for the callbacks that have one side only: the outcome of the other side passes them by.
func TestPythonCallbackOfTheOtherSideIsSkipped(t *testing.T) {
	s := scheduler.New()
	reason := errors.New("Error")
	called := 0
	for name, chain := range map[string]func(p *promise.Promise[int]) *promise.Promise[int]{
		"Catch": func(p *promise.Promise[int]) *promise.Promise[int] {
			return p.Catch(func(error) *promise.Promise[int] { called++; return promise.Resolve(s, 0) })
		},
		"CatchAs": func(p *promise.Promise[int]) *promise.Promise[int] {
			return promise.CatchAs(p, func(error) *promise.Promise[int] { called++; return promise.Resolve(s, 0) })
		},
		"Recover": func(p *promise.Promise[int]) *promise.Promise[int] {
			return p.Recover(func(error) (int, error) { called++; return 0, nil })
		},
	} {
		t.Run("fulfilled/"+name, func(t *testing.T) {
			pyGet(t, chain(promise.Resolve(s, 5)), 5)
			require.Zero(t, called)
		})
	}
	for name, chain := range map[string]func(p *promise.Promise[int]) *promise.Promise[int]{
		"Then": func(p *promise.Promise[int]) *promise.Promise[int] {
			return p.Then(func(int) *promise.Promise[int] { called++; return promise.Resolve(s, 0) })
		},
		"Map": func(p *promise.Promise[int]) *promise.Promise[int] {
			return p.Map(func(int) (int, error) { called++; return 0, nil })
		},
		"Tap": func(p *promise.Promise[int]) *promise.Promise[int] { return p.Tap(func(int) { called++ }) },
	} {
		t.Run("rejected/"+name, func(t *testing.T) {
			pyGetError(t, chain(promise.Reject[int](s, reason)), reason)
			require.Zero(t, called)
		})
	}
	pyRun(t, s)
}

// test_3_2_2_2: Python's test cannot fail, and Python does accept the second resolve.
func TestPythonSecondResolveIsIgnored(t *testing.T) {
	s := scheduler.New()
	p, r := promise.WithResolvers[int](s)
	var calls pyCalls
	calls.watch(p)

	r.Resolve(5)
	r.Resolve(6)
	pyRun(t, s)
	require.Equal(t, []int{5}, calls.values)

	r.Resolve(7)
	pyRun(t, s)
	require.Equal(t, []int{5}, calls.values, "a settled promise called back again")
	pyFulfilled(t, p, 5)
}

// test_3_2_3_2: the same for a second reject.
func TestPythonSecondRejectIsIgnored(t *testing.T) {
	s := scheduler.New()
	first, second := errors.New("Error"), errors.New("Another error")
	p, r := promise.WithResolvers[int](s)
	var calls pyCalls
	calls.watch(p)

	r.Reject(first)
	r.Reject(second)
	pyRun(t, s)
	r.Reject(second)
	pyRun(t, s)
	require.Len(t, calls.reasons, 1)
	require.Same(t, first, calls.reasons[0])
	pyRejected(t, p, first)
}

// test_3_2_5_1_when, test_3_2_5_1_if: callbacks on one promise run in the order in which they were registered.
func TestPythonFulfilCallbacksRunInOrder(t *testing.T) {
	pyWhenIf(t, "test_3_2_5_1_when", "test_3_2_5_1_if", func(t *testing.T, do func(chain, settle func())) {
		s := scheduler.New()
		p, r := promise.WithResolvers[int](s)
		var order []string
		do(func() {
			p.Tap(func(int) { order = append(order, "p2") })
			p.Then(func(int) *promise.Promise[int] { order = append(order, "p3"); return p })
			p.Done(func(int) { order = append(order, "p4") }, nil)
			p.Finally(func() { order = append(order, "p5") })
		}, func() { r.Resolve(2) })
		pyRun(t, s)
		require.Equal(t, []string{"p2", "p3", "p4", "p5"}, order)
	})
}

// test_3_2_5_2_when, test_3_2_5_2_if: the same for a rejection.
func TestPythonRejectCallbacksRunInOrder(t *testing.T) {
	pyWhenIf(t, "test_3_2_5_2_when", "test_3_2_5_2_if", func(t *testing.T, do func(chain, settle func())) {
		s := scheduler.New()
		p, r := promise.WithResolvers[int](s)
		var order []string
		do(func() {
			p.Recover(func(error) (int, error) { order = append(order, "p2"); return 0, nil })
			p.Catch(func(error) *promise.Promise[int] { order = append(order, "p3"); return promise.Resolve(s, 0) })
			p.Done(nil, func(error) { order = append(order, "p4") })
			promise.Handle(p, func(int, error) *promise.Promise[int] {
				order = append(order, "p5")
				return promise.Resolve(s, 0)
			})
		}, func() { r.Reject(errors.New("Error")) })
		pyRun(t, s)
		require.Equal(t, []string{"p2", "p3", "p4", "p5"}, order)
	})
}
