package promise_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// pyThenable is FakeThenPromise: it has a method Then and is no promise.
type pyThenable struct{ called *bool }

func (f pyThenable) Then(func(int)) { *f.called = true }

// test_resolve_promise, test_resolve_then_object, test_resolve_object, and is_thenable on an object with then: Go has
// types for what Python finds out at run time, so a value stays what it is, also when it is itself a promise. Only the
// callbacks that are declared to return a promise are followed.
func TestPythonResolveKeepsTheValue(t *testing.T) {
	s := scheduler.New()
	inner, _ := promise.WithResolvers[int](s)
	pyGet(t, promise.Resolve(s, inner), inner)
	same, err := promise.Map(promise.Resolve(s, inner), func(p *promise.Promise[int]) (*promise.Promise[int], error) {
		return p, nil
	}).Await(t.Context())
	require.NoError(t, err)
	require.Same(t, inner, same)
	pyPending(t, inner)

	called := false
	thenable := pyThenable{&called}
	pyGet(t, promise.Resolve(s, thenable), thenable)
	require.False(t, called)

	object := new(struct{ field int })
	got, err := promise.Resolve(s, object).Await(t.Context())
	require.NoError(t, err)
	require.Same(t, object, got)
	pyRun(t, s)
}

// pyFuture is concurrent.futures.Future: another goroutine fills it, once.
type pyFuture struct {
	done  chan struct{}
	value int
	err   error
}

func newPyFuture() *pyFuture { return &pyFuture{done: make(chan struct{})} }

func (f *pyFuture) set(v int, err error) {
	f.value, f.err = v, err
	close(f.done)
}

// pyFromFuture are the two ways from something that blocks to a promise: an operation, where there is a goroutine to
// spare, or a hold and a post, where somebody else calls back.
var pyFromFuture = map[string]func(s *scheduler.Scheduler, f *pyFuture) *promise.Promise[int]{
	"Go": func(s *scheduler.Scheduler, f *pyFuture) *promise.Promise[int] {
		return promise.Go(s, func(ctx context.Context) (int, error) {
			select {
			case <-f.done:
				return f.value, f.err
			case <-ctx.Done():
				return 0, context.Cause(ctx)
			}
		})
	},
	"Hold and Post": func(s *scheduler.Scheduler, f *pyFuture) *promise.Promise[int] {
		release := s.Hold()
		return promise.New(s, func(resolve func(int), reject func(error)) {
			go func() {
				<-f.done
				s.Post(func() {
					defer release()
					if f.err != nil {
						reject(f.err)
					} else {
						resolve(f.value)
					}
				})
			}()
		})
	},
}

// test_resolve_future, test_resolve_future_rejected
func TestPythonPromiseFollowsFuture(t *testing.T) {
	for name, from := range pyFromFuture {
		t.Run(name+"/test_resolve_future", func(t *testing.T) {
			s := scheduler.New()
			future := newPyFuture()
			p := from(s, future)
			pyPending(t, p)
			future.set(1, nil)
			pyPending(t, p)
			pyGet(t, p, 1)
			pyRun(t, s)
		})
		t.Run(name+"/test_resolve_future_rejected", func(t *testing.T) {
			s := scheduler.New()
			reason := errors.New("Future rejected")
			future := newPyFuture()
			p := from(s, future)
			pyPending(t, p)
			future.set(0, reason)
			pyPending(t, p)
			pyGetError(t, p, reason)
			pyRun(t, s)
		})
	}
}

// test_resolve_future_like: an API that takes a callback, and may call it before it returns.
func TestPythonPromiseFromCallbackAPI(t *testing.T) {
	s := scheduler.New()
	addDoneCallback := func(f func(bool)) { f(true) }
	p := promise.New(s, func(resolve func(bool), _ func(error)) { addDoneCallback(resolve) })
	pyGet(t, p, true)
	pyRun(t, s)
}

// test_promise_loop, and the second one of that name, which is commented out in Python (and expects a value that its
// chain cannot give): chains that return chains end, with no timeout needed.
func TestPythonPromiseLoop(t *testing.T) {
	s := scheduler.New()
	chain := promise.Resolve(s, 1).Then(func(v int) *promise.Promise[int] {
		return promise.Resolve(s, v).Map(func(v int) (int, error) { return v * 2, nil })
	})
	p := promise.New(s, func(resolve func(int), reject func(error)) { chain.Done(resolve, reject) })
	pyGet(t, p, 2)

	values := promise.Resolve(s, []int{1, 0, 2})
	first := values.Then(func(vs []int) *promise.Promise[[]int] {
		return promise.All(s, promise.Resolve(s, vs[0])).Recover(func(err error) ([]int, error) { return nil, err })
	})
	followed, r := promise.WithResolvers[[]int](s)
	r.Follow(first)
	pyGet(t, followed, []int{1})
	pyRun(t, s)
}

// test_promisify_function_resolved, test_promisify_function_rejected: Try is promisify(f)(…), for a function that may
// return an error or panic.
func TestPythonPromisifyFunction(t *testing.T) {
	s := scheduler.New()
	t.Run("test_promisify_function_resolved", func(t *testing.T) {
		sum := func(a, b int) (int, error) { return a + b, nil }
		pyGet(t, promise.Try(s, func() (int, error) { return sum(1, 2) }), 3)
		pyRun(t, s)
	})
	t.Run("test_promisify_function_rejected", func(t *testing.T) {
		reason := errors.New("unsupported operand")
		pyGetError(t, promise.Try(s, func() (int, error) { return 0, reason }), reason)

		var p *promise.Promise[int]
		require.NotPanics(t, func() { p = promise.Try(s, func() (int, error) { panic(reason) }) })
		_, err := p.Await(t.Context())
		var panicked *promise.PanicError
		require.ErrorAs(t, err, &panicked)
		require.ErrorIs(t, err, reason)
		require.ErrorContains(t, err, reason.Error())
		pyRun(t, s)
	})
}
