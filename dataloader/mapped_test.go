package dataloader_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestMappedAnswersByKeyNotByPosition(t *testing.T) {
	s := scheduler.New()
	users := dataloader.NewMapped(s, func(context.Context, []int) (map[int]string, error) {
		return map[int]string{3: "c", 1: "a", 2: "b", 99: "nobody asked"}, nil
	})

	require.Equal(t, []string{"b", "a", "c"}, await(t, users.LoadMany([]int{2, 1, 3})))
}

// Sorting the ids of a query is what careful people do, and "by key, in any order" invites it. The values must still
// reach those who asked for them: one user must never be given another's row.
func TestMappedSurvivesABatchFunctionThatSortsItsKeys(t *testing.T) {
	s := scheduler.New()
	users := dataloader.NewMapped(s, func(_ context.Context, keys []int) (map[int]int, error) {
		slices.Sort(keys)
		m := map[int]int{}
		for _, k := range keys {
			m[k] = k * 10
		}
		return m, nil
	})

	require.Equal(t, map[int]int{3: 30, 1: 10, 2: 20}, await(t, users.LoadMap([]int{3, 1, 2})))
}

func TestMappedMissingKeyIsNotFound(t *testing.T) {
	for name, m := range map[string]map[string]int{
		"missing": {"bob": 2},
		"empty":   {},
		"nil map": nil,
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var b batches[string]
			users := dataloader.NewMapped(s, func(_ context.Context, keys []string) (map[string]int, error) {
				b.add(keys)
				return m, nil
			}, dataloader.WithName("users"))

			err := awaitErr(t, users.Load("ann"))

			require.ErrorIs(t, err, dataloader.ErrNotFound)
			require.ErrorContains(t, err, "users")
			require.ErrorContains(t, err, "ann")

			// Not there is an answer for that key, and answers are cached.
			require.ErrorIs(t, awaitErr(t, users.Load("ann")), dataloader.ErrNotFound)
			require.Equal(t, [][]string{{"ann"}}, b.all())
		})
	}
}

func TestMappedZeroValueIsFound(t *testing.T) {
	s := scheduler.New()
	users := dataloader.NewMapped(s, func(context.Context, []int) (map[int]*string, error) {
		return map[int]*string{1: nil}, nil
	})

	require.Nil(t, await(t, users.Load(1)))
}

func TestMappedFailureIsOfTheWholeBatch(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.NewMapped(s, func(_ context.Context, keys []int) (map[int]int, error) {
		b.add(keys)
		return map[int]int{1: 1}, errBoom
	})

	for range 2 {
		results := await(t, users.LoadSettled([]int{1, 2}))
		require.ErrorIs(t, results[0].Err, errBoom)
		require.ErrorIs(t, results[1].Err, errBoom)
	}
	require.Equal(t, [][]int{{1, 2}, {1, 2}}, b.all())
}

// A missing key fails alone, and two missing keys do not fail with one error.
func TestMappedMissingKeysHaveErrorsOfTheirOwn(t *testing.T) {
	s := scheduler.New()
	users := dataloader.NewMapped(s, func(context.Context, []string) (map[string]int, error) {
		return map[string]int{"bob": 2}, nil
	})

	results := await(t, users.LoadSettled([]string{"ann", "bob", "cyd"}))

	require.ErrorContains(t, results[0].Err, "ann")
	require.Equal(t, promise.Result[int]{Value: 2}, results[1])
	require.ErrorContains(t, results[2].Err, "cyd")
}

func TestValuesWrapsPlainValues(t *testing.T) {
	s := scheduler.New()

	require.Equal(t, []promise.Result[string]{{Value: "a"}, {Value: "b"}},
		await(t, dataloader.Values(s, []string{"a", "b"})))
}
