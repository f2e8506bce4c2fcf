package gqlgenloader_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/federated"
)

func runFederated(t *testing.T, query string, change ...func(*gqlgenloader.Extension)) (o outcome) {
	var mu sync.Mutex
	var batches [][]int
	o = run(t, federated.New(), query, append(change, func(e *gqlgenloader.Extension) {
		e.Loaders = federated.Loaders(func(keys []int) {
			mu.Lock()
			defer mu.Unlock()
			batches = append(batches, keys)
		})
	})...)
	o.batches = batches
	return o
}

var entityRows = []row{
	{
		"one by one", `{ _entities(representations: [{__typename: "User", id: 1}, {__typename: "User", id: 2}, {__typename: "User", id: 3}]) { ... on User { name friend { id } } } }`,
		[][]int{{1, 2, 3}, {11, 12, 13}},
	},
	{
		"one", `{ _entities(representations: [{__typename: "User", id: 1}]) { ... on User { friend { id } } } }`,
		[][]int{{1}, {11}},
	},
	{
		"many at once", `{ _entities(representations: [{__typename: "Shelf", id: 1}, {__typename: "Shelf", id: 2}]) { ... on Shelf { owner { friend { id } } } } user(id: 7) { friend { id } } }`,
		[][]int{{7, 500}, {17, 101, 102}, {111, 112}},
	},
	{
		"each with two loads", `{ _entities(representations: [{__typename: "User", id: 1001}, {__typename: "User", id: 1002}]) { ... on User { friend { id } } } }`,
		[][]int{{1001, 1002}, {1, 2}, {11, 12}},
	},
}

func TestEntities(t *testing.T) {
	for _, row := range entityRows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for range runs {
				row.check(t, runFederated(t, row.query), 1)
			}
		})
	}
}

// Nothing tells that an entity is done before the others are.
func TestEntitiesOfDifferentDepthMakeProgress(t *testing.T) {
	o := runFederated(t, `{ _entities(representations: [{__typename: "User", id: 1}, {__typename: "User", id: 1002}]) { ... on User { id friend { id } } } }`,
		patience(5*time.Millisecond))
	require.Equal(t, [][]int{{1, 1002}, {2}, {11, 12}}, o.batches)
	require.NotZero(t, o.forced)
}
