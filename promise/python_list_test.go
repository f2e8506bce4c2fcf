package promise_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// test_empty_promises
func TestPythonListEmpty(t *testing.T) {
	s := scheduler.New()
	pyGet(t, promise.All[int](s), []int{})
	pyGet(t, promise.All(s, []*promise.Promise[int]{}...), []int{})
	pyRun(t, s)
}

// test_bad_promises: all(None). A nil slice is an empty one in Go, so what can be bad here is a member.
func TestPythonListBad(t *testing.T) {
	s := scheduler.New()
	pyGet(t, promise.All(s, []*promise.Promise[int](nil)...), []int{})

	_, err := promise.All(s, promise.Resolve(s, 1), nil).Await(t.Context())
	require.ErrorIs(t, err, promise.ErrNilPromise)
	pyRun(t, s)
}

// test_promise_basic, test_promise_mixed
func TestPythonListOfSettled(t *testing.T) {
	s := scheduler.New()
	one, two := promise.Resolve(s, 1), promise.Resolve(s, 2)
	pyGet(t, promise.All(s, one, two), []int{1, 2})
	pyGet(t, promise.All(s, one, two, one.Map(func(int) (int, error) { return 3, nil })), []int{1, 2, 3})
	pyRun(t, s)
}

// test_promise_rejected
func TestPythonListRejected(t *testing.T) {
	s := scheduler.New()
	reason := errors.New("Error")
	all := promise.All(s, promise.Resolve(s, 1), promise.Resolve(s, 2), promise.Reject[int](s, reason))
	pyGetError(t, all, reason)
	pyRun(t, s)
}

// test_promise_reject_skip_all_other_values: the first rejection wins, by place among those that are rejected already,
// by time otherwise. The others are not reported: All has seen them. It does not wait for a member that is pending.
func TestPythonListFirstRejectionWins(t *testing.T) {
	first, second := errors.New("Error1"), errors.New("Error2")
	t.Run("by place", func(t *testing.T) {
		s := scheduler.New()
		never, _ := promise.WithResolvers[int](s)
		all := promise.All(s, never, promise.Reject[int](s, first), promise.Reject[int](s, second))
		pyGetError(t, all, first)
		pyRun(t, s)
	})
	t.Run("by time", func(t *testing.T) {
		s := scheduler.New()
		p1, r1 := promise.WithResolvers[int](s)
		p2, r2 := promise.WithResolvers[int](s)
		all := promise.All(s, p1, p2)
		r2.Reject(first)
		r1.Reject(second)
		pyGetError(t, all, first)
		pyRun(t, s)
		pyRejected(t, all, first)
	})
}

// test_promise_lazy_promise, test_promise_contained_promise: a member that is settled later, straight or through a
// callback that returns a pending promise.
func TestPythonListLazyMember(t *testing.T) {
	for name, member := range map[string]func(p *promise.Promise[int]) *promise.Promise[int]{
		"test_promise_lazy_promise": func(p *promise.Promise[int]) *promise.Promise[int] { return p },
		"test_promise_contained_promise": func(p *promise.Promise[int]) *promise.Promise[int] {
			return promise.Resolve(p.Scheduler(), 0).Then(func(int) *promise.Promise[int] { return p })
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			p, r := promise.WithResolvers[int](s)
			all := promise.All(s, promise.Resolve(s, 1), promise.Resolve(s, 2), member(p))
			pyRun(t, s)
			pyPending(t, all)
			r.Resolve(3)
			pyGet(t, all, []int{1, 2, 3})
			pyRun(t, s)
		})
	}
}
