package dataloader_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// The tests of Python's tests/test_dataloader.py, under their Python names: errors, and loaders that load from loaders.

func TestPython_resolves_to_error_to_indicate_failure(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	even := dataloader.New(s, failOdd(&b))

	require.EqualError(t, awaitErr(t, even.Load(1)), "Odd: 1")
	require.Equal(t, 2, await(t, even.Load(2)))
	require.Equal(t, [][]int{{1}, {2}}, b.all())
}

func TestPython_can_represent_failures_and_successes_simultaneously(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	even := dataloader.New(s, failOdd(&b))

	p1, p2 := even.Load(1), even.Load(2)

	require.EqualError(t, awaitErr(t, p1), "Odd: 1")
	require.Equal(t, 2, await(t, p2))
	require.Equal(t, [][]int{{1, 2}}, b.all())
}

// In Python this test never runs: a second one of the same name takes its place.
func TestPython_caches_failed_fetches_shadowed(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
		b.add(keys)
		errs := make(dataloader.Errors, len(keys))
		for i, k := range keys {
			errs[i] = fmt.Errorf("Error: %d", k)
		}
		return nil, errs
	})

	require.EqualError(t, awaitErr(t, users.Load(1)), "Error: 1")
	require.EqualError(t, awaitErr(t, users.Load(1)), "Error: 1")
	require.Equal(t, [][]int{{1}}, b.all())
}

func TestPython_caches_failed_fetches(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))

	require.Same(t, users, users.PrimeError(1, errors.New("Error: 1")))

	require.EqualError(t, awaitErr(t, users.Load(1)), "Error: 1")
	require.Empty(t, b.all())
}

// Commented out in Python, because its library makes [['A'], ['B']] of it.
func TestPython_batches_loads_occuring_within_promises(t *testing.T) {
	s := scheduler.New()
	var b batches[string]
	users := dataloader.New(s, echo(&b))

	later := promise.Resolve(s, "").
		Then(func(string) *promise.Promise[string] { return promise.Resolve(s, "") }).
		Then(func(string) *promise.Promise[string] { return users.Load("B") })
	all := promise.All(s, users.Load("A"), later)

	require.Equal(t, []string{"A", "B"}, await(t, all))
	require.Equal(t, [][]string{{"A", "B"}}, b.all())
}

// Python's batch function throws before it has a promise to return; in Go it returns an error, or panics.
func TestPython_catches_error_if_loader_resolver_fails(t *testing.T) {
	aoh := errors.New("AOH!")
	for name, fetch := range map[string]dataloader.BatchFunc[string, string]{
		"error": func(context.Context, []string) ([]string, error) { return nil, aoh },
		"panic": func(context.Context, []string) ([]string, error) { panic(aoh) },
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			users := dataloader.New(s, fetch)

			err := awaitErr(t, users.Load("A1"))

			require.ErrorIs(t, err, aoh)
			require.ErrorContains(t, err, "AOH!")
		})
	}
}

func TestPython_can_call_a_loader_from_a_loader(t *testing.T) {
	type pair [2]string
	s := scheduler.New()
	var deepCalls batches[pair]
	var aCalls, bCalls batches[string]
	deep := dataloader.New(s, echo(&deepCalls))
	through := func(calls *batches[string]) *dataloader.Loader[string, string] {
		return dataloader.NewPromised(s, func(_ context.Context, keys []string) *promise.Promise[[]promise.Result[string]] {
			calls.add(keys)
			return promise.Then(deep.Load(pair(keys)), func(p pair) *promise.Promise[[]promise.Result[string]] {
				return dataloader.Values(s, p[:])
			})
		})
	}
	a, b := through(&aCalls), through(&bCalls)

	all := promise.All(s, a.Load("A1"), b.Load("B1"), a.Load("A2"), b.Load("B2"))

	require.Equal(t, []string{"A1", "B1", "A2", "B2"}, await(t, all))
	require.Equal(t, [][]string{{"A1", "A2"}}, aCalls.all())
	require.Equal(t, [][]string{{"B1", "B2"}}, bCalls.all())
	require.Equal(t, [][]pair{{{"A1", "A2"}, {"B1", "B2"}}}, deepCalls.all())
}

// Python looks at a private flag of its drained queue, and only another test's leftovers make that true. The intent:
// after a batch function that returns no promise, the loop still serves everybody.
func TestPython_wrong_loader_return_type_does_not_block_async_instance(t *testing.T) {
	s := scheduler.New()
	var b batches[string]
	wrong := dataloader.NewPromised(s, func(context.Context, []string) *promise.Promise[[]promise.Result[string]] { return nil })
	right := dataloader.New(s, echo(&b))

	require.ErrorIs(t, awaitErr(t, wrong.Load("A1")), promise.ErrNilPromise)
	require.ErrorIs(t, awaitErr(t, wrong.Load("A2")), promise.ErrNilPromise)

	require.Equal(t, []string{"B1", "B2"}, await(t, right.LoadMany([]string{"B1", "B2"})))
	require.Equal(t, [][]string{{"B1", "B2"}}, b.all())
}
