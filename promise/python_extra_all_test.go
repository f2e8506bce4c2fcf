package promise_test

import (
	"testing"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// test_promise_all_when
func TestPythonAllWaitsForEveryMember(t *testing.T) {
	s := scheduler.New()
	p1, r1 := promise.WithResolvers[int](s)
	p2, r2 := promise.WithResolvers[int](s)
	all := promise.All(s, p1, p2)
	pyPending(t, p1, p2, all)

	// The second first: the order of the result is that of the members, not that of their settling.
	r2.Resolve(10)
	pyRun(t, s)
	pyFulfilled(t, p2, 10)
	pyPending(t, p1, all)

	r1.Resolve(5)
	pyRun(t, s)
	pyFulfilled(t, p1, 5)
	pyFulfilled(t, all, []int{5, 10})
}

// test_promise_all_when_mixed_promises: what is a plain value in Python is Resolve(value) here.
func TestPythonAllMixesPromisesAndValues(t *testing.T) {
	s := scheduler.New()
	p1, r1 := promise.WithResolvers[any](s)
	p2, r2 := promise.WithResolvers[any](s)
	value := func(v any) *promise.Promise[any] { return promise.Resolve(s, v) }
	all := promise.All(s, p1, value(32), p2, value(false), value(true))
	pyRun(t, s)
	pyPending(t, p1, p2, all)

	r1.Resolve(5)
	pyRun(t, s)
	pyFulfilled[any](t, p1, 5)
	pyPending(t, p2, all)

	r2.Resolve(10)
	pyRun(t, s)
	pyFulfilled[any](t, p2, 10)
	pyFulfilled(t, all, []any{5, 32, 10, false, true})
}

// test_promise_all_when_if_no_promises
func TestPythonAllOfValues(t *testing.T) {
	s := scheduler.New()
	value := func(v any) *promise.Promise[any] { return promise.Resolve(s, v) }
	pyGet(t, promise.All(s, value(10), value(32), value(false), value(true)), []any{10, 32, false, true})
	pyRun(t, s)
}

// test_promise_all_if
func TestPythonAllOfNoneOneAndTwo(t *testing.T) {
	s := scheduler.New()
	p1, r1 := promise.WithResolvers[int](s)
	p2, r2 := promise.WithResolvers[int](s)
	two := promise.All(s, p1, p2)
	one := promise.All(s, p1)
	none := promise.All[int](s)
	pyRun(t, s)
	pyPending(t, p1, p2, two, one)
	pyFulfilled(t, none, []int{})

	r1.Resolve(5)
	pyRun(t, s)
	pyFulfilled(t, p1, 5)
	pyFulfilled(t, one, []int{5})
	pyPending(t, p2, two)

	r2.Resolve(10)
	pyRun(t, s)
	pyFulfilled(t, p2, 10)
	pyFulfilled(t, two, []int{5, 10})
	pyFulfilled(t, one, []int{5})
}

// test_dict_promise_when: Promise.for_dict and promise_for_dict are both AllMap.
func TestPythonDictOfPromises(t *testing.T) {
	s := scheduler.New()
	p1, r1 := promise.WithResolvers[int](s)
	p2, r2 := promise.WithResolvers[int](s)
	both := promise.AllMap(s, map[string]*promise.Promise[int]{"a": p1, "b": p2})
	one := promise.AllMap(s, map[string]*promise.Promise[int]{"a": p1})
	none := promise.AllMap(s, map[string]*promise.Promise[int]{})
	pyRun(t, s)
	pyPending(t, p1, p2, both, one)
	pyFulfilled(t, none, map[string]int{})

	r1.Resolve(5)
	pyRun(t, s)
	pyFulfilled(t, one, map[string]int{"a": 5})
	pyPending(t, p2, both)

	r2.Resolve(10)
	pyRun(t, s)
	pyFulfilled(t, both, map[string]int{"a": 5, "b": 10})
}

// test_dict_promise_if: the end of Python's test is commented out; here it runs. The map that the caller passed stays the
// caller's: what is changed in it afterwards does not matter.
func TestPythonDictOfPromisesIsReadOnce(t *testing.T) {
	s := scheduler.New()
	p1, r1 := promise.WithResolvers[int](s)
	p2, r2 := promise.WithResolvers[int](s)
	members := map[string]*promise.Promise[int]{"a": p1, "b": p2}
	both := promise.AllMap(s, members)
	delete(members, "a")
	members["c"] = promise.Resolve(s, 15)

	r1.Resolve(5)
	pyRun(t, s)
	pyFulfilled(t, p1, 5)
	pyPending(t, p2, both)

	r2.Resolve(10)
	pyRun(t, s)
	pyFulfilled(t, p2, 10)
	pyFulfilled(t, both, map[string]int{"a": 5, "b": 10})
}
