package promise_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// test_fulfilled
func TestPythonFulfilled(t *testing.T) {
	s := scheduler.New()
	p := promise.Resolve(s, 4)
	pyFulfilled(t, p, 4)
	pyGet(t, p, 4)
}

// test_rejected
func TestPythonRejected(t *testing.T) {
	s := scheduler.New()
	reason := errors.New("Static rejected")
	p := promise.Reject[int](s, reason)
	require.Equal(t, promise.Rejected, p.State())
	pyGetError(t, p, reason)
	pyRejected(t, p, reason)
}

// test_fulfill_self: Python's TypeError is ErrCycle, whichever way round the circle is closed.
func TestPythonFulfillSelf(t *testing.T) {
	s := scheduler.New()
	for name, cycle := range map[string]func() *promise.Promise[int]{
		"straight": func() *promise.Promise[int] {
			p, r := promise.WithResolvers[int](s)
			r.Follow(p)
			return p
		},
		"circle of three": func() *promise.Promise[int] {
			a, ra := promise.WithResolvers[int](s)
			b, rb := promise.WithResolvers[int](s)
			c, rc := promise.WithResolvers[int](s)
			ra.Follow(b)
			rb.Follow(c)
			rc.Follow(a)
			return promise.Map(promise.AllSettled(s, a, b, c), func(rs []promise.Result[int]) (int, error) {
				for _, r := range rs {
					if !errors.Is(r.Err, promise.ErrCycle) {
						return 0, errors.New("a member of the circle has not got ErrCycle")
					}
				}
				return 0, promise.ErrCycle
			})
		},
		"callback returns its own promise": func() *promise.Promise[int] {
			var p *promise.Promise[int]
			p = promise.Resolve(s, 1).Then(func(int) *promise.Promise[int] { return p })
			return p
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := cycle().Await(t.Context())
			require.ErrorIs(t, err, promise.ErrCycle)
			pyRun(t, s)
		})
	}
}

// test_exceptions: a callback that panics harms neither who settles the promise nor who runs the loop, and a get() on a
// promise whose handler failed still gives the reason of that promise.
func TestPythonCallbackPanicDoesNotEscape(t *testing.T) {
	s := scheduler.New()
	reason := errors.New("Exception")
	p1, r1 := promise.WithResolvers[int](s)
	p1.Map(pyThrows)
	p2, r2 := promise.WithResolvers[int](s)
	p2.Recover(func(error) (int, error) { return pyThrows(0) })

	require.NotPanics(t, func() { r1.Resolve(5) })
	require.NotPanics(t, func() { r2.Reject(reason) })

	var err error
	require.NotPanics(t, func() { err = s.Run(t.Context()) })
	var unhandled *promise.UnhandledError
	require.ErrorAs(t, err, &unhandled)
	require.Len(t, unhandled.Errors, 2)
	for _, err := range unhandled.Errors {
		var panicked *promise.PanicError
		require.ErrorAs(t, err, &panicked)
		require.Equal(t, "assert False", panicked.Value)
	}
	pyFulfilled(t, p1, 5)
	pyGetError(t, p2, reason)
}

// test_thrown_exceptions_have_stacktrace, test_thrown_exceptions_preserve_stacktrace: the stack names the function that
// panicked, also when the error has passed through callbacks that do not handle it.
func TestPythonPanicKeepsItsStack(t *testing.T) {
	_, file, _, _ := runtime.Caller(0)
	for name, chain := range map[string]func(p *promise.Promise[int]) *promise.Promise[int]{
		"test_thrown_exceptions_have_stacktrace": func(p *promise.Promise[int]) *promise.Promise[int] {
			return p.Map(func(v int) (int, error) { return pyThrows(v) })
		},
		"test_thrown_exceptions_preserve_stacktrace": func(p *promise.Promise[int]) *promise.Promise[int] {
			thrown := p.Map(func(v int) (int, error) { return pyThrows(v) })
			return thrown.Tap(func(int) {}).Then(func(int) *promise.Promise[int] { return p })
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			_, err := chain(promise.Resolve(s, 1)).Await(t.Context())
			var panicked *promise.PanicError
			require.ErrorAs(t, err, &panicked)
			require.Contains(t, string(panicked.Stack), "pyThrows")
			require.Contains(t, string(panicked.Stack), file)
			pyRun(t, s)
		})
	}
}

// test_done
func TestPythonDone(t *testing.T) {
	for _, c := range []struct {
		name   string
		settle func(r promise.Resolver[int])
		want   int
	}{
		{"fulfilled", func(r promise.Resolver[int]) { r.Resolve(4) }, 2},
		{"rejected", func(r promise.Resolver[int]) { r.Reject(errors.New("Exception")) }, -2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := scheduler.New()
			p, r := promise.WithResolvers[int](s)
			count, seen := 0, 0
			inc, dec := func(int) { count++ }, func(error) { count-- }
			p.Done(inc, dec)
			p.Done(inc, dec)
			p.Done(func(int) { seen = count }, func(error) { seen = count })
			c.settle(r)
			require.Zero(t, count)
			pyRun(t, s)
			require.Equal(t, c.want, count)
			require.Equal(t, c.want, seen, "the last Done ran before the others")
		})
	}
}

type pyHandlers struct {
	ok   func(int)
	fail func(error)
}

// test_done_all: in Go a list of handlers is a loop. Tuples, dicts and bare callables are one struct with nil where
// Python leaves something out.
func TestPythonDoneAll(t *testing.T) {
	count, ended := 0, 0
	inc, dec := func(int) { count++ }, func(error) { count-- }
	doneAll := func(p *promise.Promise[int], handlers ...pyHandlers) {
		for _, h := range handlers {
			p.Done(h.ok, h.fail)
		}
	}

	s := scheduler.New()
	p, r := promise.WithResolvers[int](s)
	doneAll(p)
	doneAll(p, pyHandlers{inc, dec})
	doneAll(p, pyHandlers{inc, dec}, pyHandlers{inc, dec}, pyHandlers{inc, dec}, pyHandlers{ok: func(int) { ended = count }})
	r.Resolve(4)
	pyRun(t, s)
	require.Equal(t, 4, count)
	require.Equal(t, 4, ended)

	// What a Done without a reject callback does to the report of unhandled rejections is another test's subject.
	s = scheduler.New(scheduler.WithUnhandled(func(error) {}))
	p, r = promise.WithResolvers[int](s)
	doneAll(p)
	doneAll(p, pyHandlers{ok: inc})
	doneAll(p, pyHandlers{inc, dec})
	doneAll(p, pyHandlers{inc, dec}, pyHandlers{inc, dec}, pyHandlers{fail: func(error) { ended = count }})
	r.Reject(errors.New("Uh oh!"))
	pyRun(t, s)
	require.Equal(t, 1, count)
	require.Equal(t, 1, ended)
}

// test_then_all: one promise for each handler, in their order. In Go: Handle in a loop, and All over what it returns.
func TestPythonThenAll(t *testing.T) {
	square := func(v int) int { return v * v }
	double := func(v int) int { return v + v }
	thenAll := func(p *promise.Promise[int], oks []func(int) int, fails []int) *promise.Promise[[]int] {
		var ps []*promise.Promise[int]
		for i, ok := range oks {
			ps = append(ps, promise.Handle(p, func(v int, err error) *promise.Promise[int] {
				if err != nil {
					return promise.Resolve(p.Scheduler(), fails[i])
				}
				return promise.Resolve(p.Scheduler(), ok(v))
			}))
		}
		return promise.All(p.Scheduler(), ps...)
	}

	s := scheduler.New()
	for _, c := range []struct {
		name   string
		settle func(r promise.Resolver[int])
		want   []int
	}{
		{"fulfilled", func(r promise.Resolver[int]) { r.Resolve(4) }, []int{16, 16, 8}},
		{"rejected", func(r promise.Resolver[int]) { r.Reject(errors.New("Exception")) }, []int{1, 1, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, r := promise.WithResolvers[int](s)
			none := thenAll(p, nil, nil)
			all := thenAll(p, []func(int) int{square, square, double}, []int{1, 1, 2})
			c.settle(r)
			pyGet(t, all, c.want)
			pyGet(t, none, []int{})
			pyRun(t, s)
		})
	}
}

// test_do_resolve: a value that is false in Python, zero in Go, is a value all the same.
func TestPythonZeroValueIsAValue(t *testing.T) {
	s := scheduler.New()
	zero := promise.New(s, func(resolve func(int), _ func(error)) { resolve(0) })
	none := promise.New(s, func(resolve func(*int), _ func(error)) { resolve(nil) })
	pyGet(t, zero, 0)
	pyGet(t, none, nil)
	pyFulfilled(t, zero, 0)
	pyFulfilled(t, none, nil)
	pyGet(t, promise.Map(none, func(v *int) (bool, error) { return v == nil, nil }), true)
}

// test_do_resolve_fail_on_call
func TestPythonExecutorPanicRejects(t *testing.T) {
	s := scheduler.New()
	var p *promise.Promise[int]
	require.NotPanics(t, func() {
		p = promise.New(s, func(func(int), func(error)) { panic("Fails") })
	})
	_, err := p.Await(t.Context())
	require.Equal(t, promise.Rejected, p.State())
	var panicked *promise.PanicError
	require.ErrorAs(t, err, &panicked)
	require.Equal(t, "Fails", panicked.Value)
	require.ErrorContains(t, err, "Fails")
	pyRun(t, s)
}

// test_catch: Python divides by zero as well.
func TestPythonCatch(t *testing.T) {
	s := scheduler.New()
	zero := promise.New(s, func(resolve func(int), _ func(error)) { resolve(0) })
	divided := promise.Map(zero, func(v int) (error, error) { _ = 1 / v; return nil, nil })
	caught := divided.Recover(func(err error) (error, error) { return err, nil })
	isRuntime := promise.Map(caught, func(err error) (bool, error) {
		var divide runtime.Error
		return errors.As(err, &divide), nil
	})
	pyGet(t, isRuntime, true)
	require.Equal(t, promise.Fulfilled, isRuntime.State())
	pyRun(t, s)
}

// test_promises_with_only_then: both get the very reason. The loop reports it once, although it ends in two leaves.
func TestPythonReasonReachesEveryChild(t *testing.T) {
	s := scheduler.New()
	reason := errors.New("Ooops!")
	var reject func(error)
	p1 := promise.New(s, func(_ func(int), r func(error)) { reject = r })
	p2 := p1.Tap(func(int) {})
	p3 := p1.Tap(func(int) {})
	reject(reason)

	var unhandled *promise.UnhandledError
	require.ErrorAs(t, s.Run(t.Context()), &unhandled)
	require.Len(t, unhandled.Errors, 1)
	require.ErrorIs(t, unhandled, reason)
	pyRejected(t, p2, reason)
	pyRejected(t, p3, reason)
}
