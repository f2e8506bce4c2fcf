package promise_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// members gives n pending promises and what settles them.
func members(s *scheduler.Scheduler, n int) (ps []*promise.Promise[int], rs []promise.Resolver[int]) {
	for range n {
		p, r := promise.WithResolvers[int](s)
		ps, rs = append(ps, p), append(rs, r)
	}
	return ps, rs
}

func TestAllKeepsTheOrderOfItsArguments(t *testing.T) {
	s := scheduler.New()
	ps, rs := members(s, 5)
	all := promise.All(s, ps...)
	for _, i := range []int{3, 0, 4, 1} {
		rs[i].Resolve(i * i)
	}
	run(t, s)
	requirePending(t, all)
	rs[2].Resolve(4)
	run(t, s)
	requireValue(t, []int{0, 1, 4, 9, 16}, all)
}

func TestAllFailsWithTheFirstRejectionAtOnce(t *testing.T) {
	s := scheduler.New()
	ps, rs := members(s, 4)
	all := promise.All(s, ps...)
	rs[2].Reject(errBoom)
	rs[1].Reject(errOther)
	rs[0].Resolve(1)
	require.Equal(t, []error{errBoom}, unhandledOf(t, s), "ps[3] is pending still; the second rejection was handled by All")
	requireReason(t, errBoom, all)
	rs[3].Resolve(1)
	run(t, s)
	requireReason(t, errBoom, all)
}

func TestAllOfOnePromiseSeveralTimes(t *testing.T) {
	s := scheduler.New()
	ps, rs := members(s, 1)
	all := promise.All(s, ps[0], ps[0], promise.Resolve(s, 2), ps[0])
	rs[0].Resolve(1)
	run(t, s)
	requireValue(t, []int{1, 1, 2, 1}, all)
}

func TestTheSliceGivenToACombinatorMayBeReused(t *testing.T) {
	s := scheduler.New()
	ps, rs := members(s, 2)
	all := promise.All(s, ps...)
	ps[0], ps[1] = nil, nil
	rs[0].Resolve(1)
	rs[1].Resolve(2)
	run(t, s)
	requireValue(t, []int{1, 2}, all)
}

func TestAllSettledNeverFails(t *testing.T) {
	s := scheduler.New()
	ps, rs := members(s, 3)
	all := promise.AllSettled(s, ps...)
	rs[2].Resolve(3)
	rs[0].Reject(errBoom)
	run(t, s)
	requirePending(t, all)
	rs[1].Reject(errOther)
	run(t, s)
	requireValue(t, []promise.Result[int]{{Err: errBoom}, {Err: errOther}, {Value: 3}}, all)
}

func TestAnyIsTheFirstToSucceed(t *testing.T) {
	s := scheduler.New()
	ps, rs := members(s, 4)
	first := promise.Any(s, ps...)
	rs[0].Reject(errBoom)
	run(t, s)
	requirePending(t, first)
	rs[2].Resolve(2)
	rs[1].Resolve(1)
	run(t, s)
	requireValue(t, 2, first)
	rs[3].Reject(errOther)
	run(t, s)
	requireValue(t, 2, first)
}

func TestAnyOfFailuresListsThemInTheOrderOfItsArguments(t *testing.T) {
	s := scheduler.New()
	ps, rs := members(s, 3)
	first := promise.Any(s, ps...)
	rs[2].Reject(&codeError{3})
	rs[0].Reject(errBoom)
	rs[1].Reject(errOther)
	err := s.Run(t.Context())
	var aggregate *promise.AggregateError
	require.ErrorAs(t, err, &aggregate)
	require.Equal(t, []error{errBoom, errOther, &codeError{3}}, aggregate.Errors)
	requireReason(t, errOther, first) // errors.Is sees through
	for _, text := range []string{"boom", "other", "code 3"} {
		require.Contains(t, aggregate.Error(), text)
	}
}

func TestRaceIsTheFirstToSettle(t *testing.T) {
	for name, settle := range map[string]func(r promise.Resolver[int]){
		"fulfilled": func(r promise.Resolver[int]) { r.Resolve(7) },
		"rejected":  func(r promise.Resolver[int]) { r.Reject(errBoom) },
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			ps, rs := members(s, 3)
			race := promise.Race(s, ps...)
			settle(rs[1])
			rs[0].Resolve(1)
			rs[2].Reject(errOther)
			err := s.Run(t.Context())
			if name == "fulfilled" {
				require.NoError(t, err, "who loses the race is handled by it")
				requireValue(t, 7, race)
				return
			}
			requireReason(t, errBoom, race)
			require.NotErrorIs(t, err, errOther)
		})
	}
}

func TestCombinatorsOfNothing(t *testing.T) {
	s := scheduler.New()
	all, settled, none := promise.All[int](s), promise.AllSettled[int](s), promise.AllMap[string, int](s, nil)
	mapped := promise.MapAll(s, nil, 3, func(int) *promise.Promise[int] { panic("called for nothing") })
	reduced := promise.Reduce(s, nil, 8, func(int, int) *promise.Promise[int] { panic("called for nothing") })
	run(t, s)
	requireValue(t, []int{}, all)
	requireValue(t, []promise.Result[int]{}, settled)
	requireValue(t, map[string]int{}, none)
	requireValue(t, []int{}, mapped)
	requireValue(t, 8, reduced)

	race := promise.Race[int](s)
	require.ErrorIs(t, s.Run(t.Context()), promise.ErrNoPromises)
	requireReason(t, promise.ErrNoPromises, race)

	first := promise.Any[int](s)
	var aggregate *promise.AggregateError
	require.ErrorAs(t, s.Run(t.Context()), &aggregate)
	require.Empty(t, aggregate.Errors)
	require.Equal(t, promise.Rejected, first.State())
}

func TestAllMap(t *testing.T) {
	s := scheduler.New()
	ps, rs := members(s, 3)
	byKey := map[string]*promise.Promise[int]{"a": ps[0], "b": ps[1], "c": ps[2]}
	all := promise.AllMap(s, byKey)
	delete(byKey, "a")
	rs[1].Resolve(2)
	rs[0].Resolve(1)
	run(t, s)
	requirePending(t, all)
	rs[2].Resolve(3)
	run(t, s)
	requireValue(t, map[string]int{"a": 1, "b": 2, "c": 3}, all)

	ps, rs = members(s, 2)
	failed := promise.AllMap(s, map[int]*promise.Promise[int]{1: ps[0], 2: ps[1]})
	rs[1].Reject(errBoom)
	require.Equal(t, []error{errBoom}, unhandledOf(t, s))
	requireReason(t, errBoom, failed)
}

func TestJoinsTakePromisesOfDifferentTypes(t *testing.T) {
	s := scheduler.New()
	a, b := promise.Resolve(s, 1), promise.Resolve(s, "two")
	c, d := promise.Resolve(s, 3.5), promise.Resolve(s, []byte{4})
	two := promise.Join2(s, a, b, func(a int, b string) (string, error) { return fmt.Sprint(a, b), nil })
	three := promise.Join3(s, a, b, c, func(a int, b string, c float64) (string, error) { return fmt.Sprint(a, b, c), nil })
	four := promise.Join4(s, a, b, c, d, func(a int, b string, c float64, d []byte) (string, error) {
		return fmt.Sprint(a, b, c, d), nil
	})
	failed := promise.Join2(s, a, b, func(int, string) (string, error) { return "", errBoom })
	failed.Done(nil, func(error) {})
	run(t, s)
	requireValue(t, fmt.Sprint(1, "two"), two)
	requireValue(t, fmt.Sprint(1, "two", 3.5), three)
	requireValue(t, fmt.Sprint(1, "two", 3.5, []byte{4}), four)
	requireReason(t, errBoom, failed)
}

func TestJoinsFailWithTheFirstRejection(t *testing.T) {
	for i := range 4 {
		s := scheduler.New()
		ps, rs := members(s, 4)
		called := false
		joined := []*promise.Promise[int]{
			promise.Join4(s, ps[0], ps[1], ps[2], ps[3], func(int, int, int, int) (int, error) { called = true; return 0, nil }),
		}
		if i < 3 {
			joined = append(joined, promise.Join3(s, ps[0], ps[1], ps[2], func(int, int, int) (int, error) { called = true; return 0, nil }))
		}
		if i < 2 {
			joined = append(joined, promise.Join2(s, ps[0], ps[1], func(int, int) (int, error) { called = true; return 0, nil }))
		}
		rs[i].Reject(errBoom) // the others stay pending
		require.Equal(t, []error{errBoom}, unhandledOf(t, s))
		for _, p := range joined {
			requireReason(t, errBoom, p)
		}
		require.False(t, called)
	}
}
