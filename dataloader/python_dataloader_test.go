package dataloader_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// The tests of Python's tests/test_dataloader.py, under their Python names: batching and caching.

// The example that opens Python's README, where "at most two" round trips are promised; here it is exactly two.
func TestPython_readme_example_makes_exactly_two_batches(t *testing.T) {
	type user struct{ id, bestFriend int }
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, mapKeys(&b, func(id int) user { return user{id: id, bestFriend: id + 10} }))
	bestFriend := func(u user) *promise.Promise[user] { return users.Load(u.bestFriend) }

	one := users.Load(1).Then(bestFriend)
	two := users.Load(2).Then(bestFriend)
	run(t, s)

	require.Equal(t, 11, settled(t, one).id)
	require.Equal(t, 12, settled(t, two).id)
	require.Equal(t, [][]int{{1, 2}, {11, 12}}, b.all())
	require.EqualValues(t, 2, s.Stats().Rounds)
}

func TestPython_build_a_simple_data_loader(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))

	p := users.Load(1)

	require.Equal(t, promise.Pending, p.State())
	require.Equal(t, 1, await(t, p))
}

func TestPython_supports_loading_multiple_keys_in_one_call(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))

	require.Equal(t, []int{1, 2}, await(t, users.LoadMany([]int{1, 2})))

	// An empty list, not null, is what a JSON encoder must find.
	require.Equal(t, []int{}, await(t, users.LoadMany([]int{})))
	require.Equal(t, []int{}, await(t, users.LoadMany(nil)))
	require.Equal(t, [][]int{{1, 2}}, b.all())
}

func TestPython_batches_multiple_requests(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))

	all := promise.All(s, users.Load(1), users.Load(2))

	require.Equal(t, []int{1, 2}, await(t, all))
	require.Equal(t, [][]int{{1, 2}}, b.all())
}

func TestPython_batches_multiple_requests_with_max_batch_sizes(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b), dataloader.WithMaxBatchSize(2), dataloader.WithInline())

	all := promise.All(s, users.Load(1), users.Load(2), users.Load(3))

	require.Equal(t, []int{1, 2, 3}, await(t, all))
	require.Equal(t, [][]int{{1, 2}, {3}}, b.all())
}

func TestPython_coalesces_identical_requests(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))

	p1, p2 := users.Load(1), users.Load(1)

	require.Same(t, p1, p2)
	require.Equal(t, []int{1, 1}, await(t, promise.All(s, p1, p2)))
	require.Equal(t, [][]int{{1}}, b.all())
}

func TestPython_caches_repeated_requests(t *testing.T) {
	s := scheduler.New()
	var b batches[string]
	users := dataloader.New(s, echo(&b))
	load := func(keys ...string) []string { return await(t, users.LoadMany(keys)) }

	require.Equal(t, []string{"A", "B"}, load("A", "B"))
	require.Equal(t, [][]string{{"A", "B"}}, b.all())

	require.Equal(t, []string{"A", "C"}, load("A", "C"))
	require.Equal(t, [][]string{{"A", "B"}, {"C"}}, b.all())

	require.Equal(t, []string{"A", "B", "C"}, load("A", "B", "C"))
	require.Equal(t, [][]string{{"A", "B"}, {"C"}}, b.all())
}

func TestPython_clears_single_value_in_loader(t *testing.T) {
	s := scheduler.New()
	var b batches[string]
	users := dataloader.New(s, echo(&b))
	await(t, users.LoadMany([]string{"A", "B"}))

	require.Same(t, users, users.Clear("A"))

	require.Equal(t, []string{"A", "B"}, await(t, users.LoadMany([]string{"A", "B"})))
	require.Equal(t, [][]string{{"A", "B"}, {"A"}}, b.all())
}

func TestPython_clears_all_values_in_loader(t *testing.T) {
	s := scheduler.New()
	var b batches[string]
	users := dataloader.New(s, echo(&b))
	await(t, users.LoadMany([]string{"A", "B"}))

	require.Same(t, users, users.ClearAll())

	require.Equal(t, []string{"A", "B"}, await(t, users.LoadMany([]string{"A", "B"})))
	require.Equal(t, [][]string{{"A", "B"}, {"A", "B"}}, b.all())
}

// Python compares the identity of its private map. What a user can see of it: ClearAll empties the cache that was
// given, and the loader goes on using that one.
func TestPython_does_not_replace_cache_map(t *testing.T) {
	s := scheduler.New()
	cache := newMapCache[string, string]()
	users := dataloader.New(s, echo(&batches[string]{}), dataloader.WithCache(cache))
	await(t, users.LoadMany([]string{"A", "B"}))
	require.Len(t, cache.m, 2)

	users.ClearAll()
	require.Empty(t, cache.m)
	require.Equal(t, 1, cache.clear)

	p := users.Load("A")
	require.Same(t, p, cache.m["A"])
	await(t, p)
}

func TestPython_allows_priming_the_cache(t *testing.T) {
	s := scheduler.New()
	var b batches[string]
	users := dataloader.New(s, echo(&b))

	require.Same(t, users, users.Prime("A", "A"))

	require.Equal(t, []string{"A", "B"}, await(t, users.LoadMany([]string{"A", "B"})))
	require.Equal(t, [][]string{{"B"}}, b.all())
}

func TestPython_does_not_prime_keys_that_already_exist(t *testing.T) {
	s := scheduler.New()
	var b batches[string]
	users := dataloader.New(s, echo(&b))
	load := func(key string) string { return await(t, users.Load(key)) }

	users.Prime("A", "X")
	require.Equal(t, "X", load("A"))
	require.Equal(t, "B", load("B"))

	users.Prime("A", "Y").Prime("B", "Y")
	require.Equal(t, "X", load("A"))
	require.Equal(t, "B", load("B"))
	require.Equal(t, [][]string{{"B"}}, b.all())
}

func TestPython_dataloader_clear_with_missing_key_works(t *testing.T) {
	users := dataloader.New(scheduler.New(), echo(&batches[string]{}))

	require.Same(t, users, users.Clear("A1"))
}
