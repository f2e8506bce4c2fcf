package promise_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// An async function of Python is Async here, and await is Await: inside Async it suspends that function alone.

// test_await, of test_awaitable.py and of test_awaitable_35.py
func TestPythonAwait(t *testing.T) {
	s := scheduler.New()
	reason := errors.New("Error")
	p := promise.Async(s, func(ctx context.Context) (bool, error) { return promise.Resolve(s, true).Await(ctx) })
	q := promise.Async(s, func(ctx context.Context) (bool, error) { return promise.Reject[bool](s, reason).Await(ctx) })
	pyGet(t, p, true)
	pyGetError(t, q, reason)
	pyRun(t, s)
}

// test_await_time: an executor that takes its time, on the loop's own goroutine.
func TestPythonGetAfterSlowExecutor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		start := time.Now()
		p := promise.New(s, func(resolve func(bool), _ func(error)) {
			time.Sleep(100 * time.Millisecond)
			resolve(true)
		})
		require.Equal(t, 100*time.Millisecond, time.Since(start), "the executor did not run at once")
		pyGet(t, p, true)
		pyRun(t, s)
	})
}

// test_promise_coroutine: a coroutine is a promise as soon as it is made, and has not begun by then.
func TestPythonCoroutineIsAPromise(t *testing.T) {
	s := scheduler.New()
	begun := false
	p := promise.Async(s, func(ctx context.Context) (bool, error) {
		begun = true
		return promise.Resolve(s, true).Await(ctx)
	})
	pyPending(t, p)
	require.False(t, begun)
	pyRun(t, s)
	require.True(t, begun)
	pyFulfilled(t, p, true)
}

// test_promisify_coroutine: await asyncio.sleep is Await on a Delay. While it sleeps, everybody else goes on.
func TestPythonAwaitSleepingCoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		start := time.Now()
		var order []string
		sleeper := promise.Async(s, func(ctx context.Context) (bool, error) {
			order = append(order, "sleep")
			slept, err := promise.Delay(s, 10*time.Millisecond, true).Await(ctx)
			order = append(order, "awake")
			return slept, err
		})
		other := promise.Async(s, func(context.Context) (bool, error) {
			order = append(order, "other")
			return true, nil
		})
		pyGet(t, sleeper, true)
		pyFulfilled(t, other, true)
		require.Equal(t, []string{"sleep", "other", "awake"}, order)
		require.Equal(t, 10*time.Millisecond, time.Since(start))
		pyRun(t, s)
	})
}

// test_promisify_future: await of a future that is done already, and of one that is not.
func TestPythonAwaitFuture(t *testing.T) {
	for name, from := range pyFromFuture {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			done, later := newPyFuture(), newPyFuture()
			done.set(1, nil)
			p := promise.Async(s, func(ctx context.Context) (int, error) {
				a, err := from(s, done).Await(ctx)
				if err != nil {
					return 0, err
				}
				waiting := from(s, later)
				go later.set(2, nil)
				b, err := waiting.Await(ctx)
				return a + b, err
			})
			pyRun(t, s)
			pyFulfilled(t, p, 3)
		})
	}
}

// test_await_in_safe_promise: await of what another async function returns. The two do not block each other, whichever of
// them begins first.
func TestPythonAwaitAnotherCoroutine(t *testing.T) {
	s := scheduler.New()
	var inner *promise.Promise[int]
	early := promise.Async(s, func(ctx context.Context) (int, error) { return inner.Await(ctx) })
	inner = promise.Async(s, func(ctx context.Context) (int, error) { return promise.Resolve(s, 4).Await(ctx) })
	late := promise.Async(s, func(ctx context.Context) (int, error) { return inner.Await(ctx) })
	pyRun(t, s)
	pyFulfilled(t, early, 4)
	pyFulfilled(t, late, 4)
}

// test_coroutine_is_thenable: what is thenable in Python can be chained here, before it has begun and after its end.
func TestPythonCoroutineCanBeChained(t *testing.T) {
	s := scheduler.New()
	p := promise.Async(s, func(ctx context.Context) (int, error) { return promise.Resolve(s, 2).Await(ctx) })
	before := p.Map(func(v int) (int, error) { return v + 1, nil })
	pyRun(t, s)
	after := p.Map(func(v int) (int, error) { return v + 2, nil })
	pyRun(t, s)
	pyFulfilled(t, before, 3)
	pyFulfilled(t, after, 4)
}
