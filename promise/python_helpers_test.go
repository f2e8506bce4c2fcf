package promise_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// The python_*_test.go files port the tests of Python's promise 2.3, file by file. Each test names the Python test
// that it stands for. Two things differ everywhere, by design: a callback never runs before the loop does, and a
// rejection that nobody reacts to comes back from Run, so even a plain pyRun proves that none was left behind.

// pyRun drives the loop until nothing is left to do. An unhandled rejection fails the test.
func pyRun(t *testing.T, s *scheduler.Scheduler) {
	t.Helper()
	require.NoError(t, s.Run(t.Context()))
}

// pyFulfilled does not drive the loop: p must be fulfilled by now.
func pyFulfilled[T any](t *testing.T, p *promise.Promise[T], want T) {
	t.Helper()
	require.Equal(t, promise.Fulfilled, p.State())
	got, err, settled := p.Result()
	require.True(t, settled)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// pyRejected does not drive the loop: p must be rejected by now, with the very error want, not with a copy or a wrap.
func pyRejected[T any](t *testing.T, p *promise.Promise[T], want error) {
	t.Helper()
	require.Equal(t, promise.Rejected, p.State())
	_, err, settled := p.Result()
	require.True(t, settled)
	require.Same(t, want, err)
}

func pyPending(t *testing.T, ps ...interface{ State() promise.State }) {
	t.Helper()
	for i, p := range ps {
		require.Equal(t, promise.Pending, p.State(), "promise %d", i)
	}
}

// pyGet is Python's get(): it drives the loop until p is settled, and p must be fulfilled then.
func pyGet[T any](t *testing.T, p *promise.Promise[T], want T) {
	t.Helper()
	got, err := p.Await(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// pyGetError is Python's get() where it raises: p must be rejected with the very error want.
func pyGetError[T any](t *testing.T, p *promise.Promise[T], want error) {
	t.Helper()
	_, err := p.Await(t.Context())
	require.Same(t, want, err)
}

// pyWhenIf runs body in the two orders that the Python names tell apart: "when" chains first and settles afterwards,
// "if" chains on what is settled already. Half of the Python bodies do the same thing in both.
func pyWhenIf(t *testing.T, when, settledFirst string, body func(t *testing.T, do func(chain, settle func()))) {
	t.Helper()
	t.Run(when, func(t *testing.T) {
		body(t, func(chain, settle func()) { chain(); settle() })
	})
	t.Run(settledFirst, func(t *testing.T) {
		body(t, func(chain, settle func()) { settle(); chain() })
	})
}

// pyLater is Python's DelayedFulfill and DelayedRejection: another goroutine settles a promise after d. Use it under
// synctest only.
func pyLater(s *scheduler.Scheduler, d time.Duration, settle func()) {
	release := s.Hold()
	go func() {
		time.Sleep(d)
		s.Post(func() {
			settle()
			release()
		})
	}()
}

// pyThrows is a callback that panics. It is a function of its own so that a stack trace can be searched for its name.
func pyThrows(int) (int, error) {
	panic("assert False")
}
