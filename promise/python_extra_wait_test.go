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

// test_wait_if, test_get_if: what is settled already is there at once. Nothing else runs for it.
func TestPythonGetOfSettledPromiseRunsNothing(t *testing.T) {
	s := scheduler.New()
	reason := errors.New("Error")
	p, r := promise.WithResolvers[int](s)
	r.Resolve(5)
	ran := false
	p.Tap(func(int) { ran = true })

	pyGet(t, p, 5)
	pyFulfilled(t, p, 5)
	pyGetError(t, promise.Reject[int](s, reason), reason)
	require.False(t, ran)
	pyRun(t, s)
	require.True(t, ran)
}

// pyTimed are promises that another goroutine, or a timer, fulfils with 5 after d.
var pyTimed = map[string]func(s *scheduler.Scheduler, d time.Duration) *promise.Promise[int]{
	"another goroutine": func(s *scheduler.Scheduler, d time.Duration) *promise.Promise[int] {
		p, r := promise.WithResolvers[int](s)
		pyLater(s, d, func() { r.Resolve(5) })
		return p
	},
	"timer": func(s *scheduler.Scheduler, d time.Duration) *promise.Promise[int] {
		return promise.Delay(s, d, 5)
	},
}

// test_wait_when, test_get_when (both commented out in Python): get() waits for another thread.
func TestPythonGetWaitsForAnotherGoroutine(t *testing.T) {
	for name, later := range pyTimed {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				start := time.Now()
				p := later(s, 10*time.Millisecond)
				pyPending(t, p)
				pyGet(t, p, 5)
				require.Equal(t, 10*time.Millisecond, time.Since(start))
				pyFulfilled(t, p, 5)
				pyRun(t, s)
			})
		})
	}
}

// DelayedRejection: defined in Python's test_extra.py, and used by no test there.
func TestPythonGetRaisesWhatAnotherGoroutineRejects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		start := time.Now()
		reason := errors.New("Error")
		p, r := promise.WithResolvers[int](s)
		pyLater(s, 10*time.Millisecond, func() { r.Reject(reason) })
		pyGetError(t, p, reason)
		require.Equal(t, 10*time.Millisecond, time.Since(start))
		pyRun(t, s)
	})
}

// test_wait_timeout, test_get_timeout (both commented out in Python): the wait ends at its deadline, the promise does
// not. It can be waited for again.
func TestPythonGetTimeoutLeavesPromisePending(t *testing.T) {
	for name, later := range pyTimed {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				start := time.Now()
				p := later(s, 100*time.Millisecond)
				pyPending(t, p)

				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				defer cancel()
				_, err := p.Await(ctx)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Equal(t, 50*time.Millisecond, time.Since(start))
				pyPending(t, p)

				pyGet(t, p, 5)
				require.Equal(t, 100*time.Millisecond, time.Since(start))
				pyFulfilled(t, p, 5)
				pyRun(t, s)
			})
		})
	}
}

// test_get_timeout once more, for get(timeout) in the middle of a chain: that is p.Timeout.
func TestPythonTimeoutInAChainLeavesPromisePending(t *testing.T) {
	for name, later := range pyTimed {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				start := time.Now()
				p := later(s, 100*time.Millisecond)
				_, err := p.Timeout(50 * time.Millisecond).Await(t.Context())
				require.ErrorIs(t, err, promise.ErrTimeout)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Equal(t, 50*time.Millisecond, time.Since(start))
				pyPending(t, p)

				pyGet(t, p.Timeout(time.Second), 5)
				require.Equal(t, 100*time.Millisecond, time.Since(start))
				pyRun(t, s)
				require.Equal(t, 100*time.Millisecond, time.Since(start), "the loop waits for a timer that nobody needs any more")
			})
		})
	}
}
