package dataloader_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestKeysThatAreNotComparable(t *testing.T) {
	s := scheduler.New()
	var b batches[[]byte]
	lengths := dataloader.NewKeyed(s, mapKeys(&b, func(k []byte) int { return len(k) }),
		func(k []byte) string { return string(k) })

	p := lengths.Load([]byte("ann"))
	require.Same(t, p, lengths.Load([]byte("ann")))

	require.Equal(t, []int{3, 5, 3}, await(t, lengths.LoadMany([][]byte{[]byte("ann"), []byte("bobby"), []byte("ann")})))
	require.Equal(t, [][][]byte{{[]byte("ann"), []byte("bobby")}}, b.all())
}

// Keys that are equal under the key function are one key; the batch function gets the form that came first.
func TestKeysThatAreEqualUnderTheKeyFunction(t *testing.T) {
	s := scheduler.New()
	var b batches[string]
	users := dataloader.NewKeyed(s, echo(&b), strings.ToLower)

	require.Equal(t, []string{"Ann", "Ann", "BOB"}, await(t, users.LoadMany([]string{"Ann", "ANN", "BOB"})))
	require.Equal(t, "BOB", await(t, users.Load("bob")))
	require.Equal(t, [][]string{{"Ann", "BOB"}}, b.all())

	require.Same(t, users, users.Clear("bOb"))
	require.Equal(t, "bob", await(t, users.Load("bob")))
	require.Equal(t, "Ann", await(t, users.Load("ann")), "Clear of one key must leave the others")

	require.Same(t, users, users.ClearAll())
	require.Equal(t, "ann", await(t, users.Load("ann")))
	require.Equal(t, [][]string{{"Ann", "BOB"}, {"bob"}, {"ann"}}, b.all())
}

func TestKeyedPrimesUnderTheKeyFunction(t *testing.T) {
	s := scheduler.New()
	var b batches[string]
	users := dataloader.NewKeyed(s, echo(&b), strings.ToLower)
	users.Prime("A", "primed").Prime("a", "later").PrimeError("B", errBoom).PrimePromise("C", promise.Resolve(s, "promised"))

	results := await(t, users.LoadSettled([]string{"a", "b", "c"}))

	require.Equal(t, []promise.Result[string]{{Value: "primed"}, {Err: errBoom}, {Value: "promised"}}, results)
	require.Empty(t, b.all())
}

func TestKeyedReloadBeforeTheDispatchIsOneKey(t *testing.T) {
	s := scheduler.New()
	var b batches[string]
	users := dataloader.NewKeyed(s, echo(&b), strings.ToLower)
	first := users.Load("Ann")
	second := users.Clear("ANN").Load("ann")

	run(t, s)

	require.Len(t, b.all(), 1)
	require.Len(t, b.all()[0], 1)
	require.Equal(t, settled(t, first), settled(t, second))
}

func TestKeyedFailingBatchIsEvictedUnderTheKeyFunction(t *testing.T) {
	s := scheduler.New()
	var b batches[string]
	users := dataloader.NewKeyed(s, failing(&b, errBoom), strings.ToLower)

	awaitErr(t, users.Load("Ann"))
	awaitErr(t, users.Load("ann"))

	require.Equal(t, [][]string{{"Ann"}, {"ann"}}, b.all())
}

func TestStructKeys(t *testing.T) {
	type key struct {
		Tenant string
		ID     int
	}
	s := scheduler.New()
	var b batches[key]
	users := dataloader.New(s, echo(&b))

	require.Equal(t, []key{{"a", 1}, {"b", 1}, {"a", 1}}, await(t, users.LoadMany([]key{{"a", 1}, {"b", 1}, {"a", 1}})))
	require.Equal(t, [][]key{{{"a", 1}, {"b", 1}}}, b.all())
}

// 1 and int64(1) are different keys of type any, as they are in a map.
func TestDynamicKeysAreComparedWithTheirTypes(t *testing.T) {
	s := scheduler.New()
	var b batches[any]
	users := dataloader.New(s, echo(&b))

	require.Equal(t, []any{1, int64(1), "1", nil, 1}, await(t, users.LoadMany([]any{1, int64(1), "1", nil, 1})))
	require.Equal(t, [][]any{{1, int64(1), "1", nil}}, b.all())
}

// NaN is not equal to itself, so no map finds it again: every load of it must still be answered, and ClearAll work.
func TestKeysThatAreNotEqualToThemselves(t *testing.T) {
	for name, fetch := range map[string]dataloader.BatchFunc[float64, string]{
		"fulfils": func(_ context.Context, keys []float64) ([]string, error) {
			return slices.Repeat([]string{"ok"}, len(keys)), nil
		},
		"rejects": func(context.Context, []float64) ([]string, error) { return nil, errBoom },
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			users := dataloader.New(s, fetch, dataloader.WithName("users"))

			results := await(t, users.LoadSettled([]float64{math.NaN(), 1, math.NaN()}))
			users.Clear(math.NaN()).ClearAll()

			for _, r := range results {
				if name == "fulfils" {
					require.Equal(t, promise.Result[string]{Value: "ok"}, r)
				} else {
					require.ErrorIs(t, r.Err, errBoom)
				}
			}
			run(t, s)
		})
	}
}
