package promise_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// Python prints the address too. A pointer that differs from run to run is of no use in a log, so String leaves it out.

// test_promise_repr_pending: shadowed in Python by a second test of that name, so it never ran.
func TestPythonReprPending(t *testing.T) {
	s := scheduler.New()
	p, r := promise.WithResolvers[int](s)
	require.Equal(t, "<Promise pending>", p.String())

	q, rq := promise.WithResolvers[int](s)
	r.Follow(q)
	pyRun(t, s)
	require.Equal(t, "<Promise pending>", p.String(), "sealed, but not settled")

	rq.Resolve(4)
	pyRun(t, s)
	require.Equal(t, "<Promise fulfilled with 4>", p.String())
}

// test_promise_repr_fulfilled, and the second test_promise_repr_pending, which has the same body.
func TestPythonReprFulfilled(t *testing.T) {
	s := scheduler.New()
	require.Equal(t, "<Promise fulfilled with map[1:2]>", promise.Resolve(s, map[int]int{1: 2}).String())
	require.Equal(t, "<Promise fulfilled with 4>", promise.Resolve(s, 4).String())
	require.Equal(t, "<Promise fulfilled with <nil>>", promise.Resolve[*int](s, nil).String())
	require.Equal(t, "<Promise fulfilled with 4>", fmt.Sprint(promise.Resolve(s, 4)))
}

// test_promise_repr_rejected. Printing a promise is not reacting to it: its rejection is still reported.
func TestPythonReprRejected(t *testing.T) {
	s := scheduler.New()
	reason := errors.New("Error!")
	p := promise.Reject[int](s, reason)
	require.Equal(t, "<Promise rejected with Error!>", p.String())
	require.ErrorIs(t, s.Run(t.Context()), reason)
	require.Equal(t, "<Promise rejected with Error!>", p.String())
}
