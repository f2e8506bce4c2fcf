package promise_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

var (
	errBoom  = errors.New("boom")
	errOther = errors.New("other")
)

// What the tests of the rules share: run the loop, then look at a promise from all sides.

func run(t *testing.T, s *scheduler.Scheduler) {
	t.Helper()
	require.NoError(t, s.Run(t.Context()))
}

func requireValue[T any](t *testing.T, want T, p *promise.Promise[T]) {
	t.Helper()
	v, err, settled := p.Result()
	require.True(t, settled, "still pending")
	require.NoError(t, err)
	require.Equal(t, want, v)
	require.Equal(t, promise.Fulfilled, p.State())
}

func requireReason[T any](t *testing.T, want error, p *promise.Promise[T]) {
	t.Helper()
	v, err, settled := p.Result()
	require.True(t, settled, "still pending")
	require.ErrorIs(t, err, want)
	require.Zero(t, v, "a rejected promise has no value")
	require.Equal(t, promise.Rejected, p.State())
}

func requirePending[T any](t *testing.T, p *promise.Promise[T]) {
	t.Helper()
	_, err, settled := p.Result()
	require.False(t, settled)
	require.NoError(t, err)
	require.Equal(t, promise.Pending, p.State())
}

func same(v int) (int, error) { return v, nil }
