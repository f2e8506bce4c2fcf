package main

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheGraphHasTheSizeThatItShould(t *testing.T) {
	g := newGraph(defaultUsers)
	sizes := map[string]int{}
	for _, table := range g.tables() {
		n := 0
		for row := range table.rows {
			require.Len(t, row, len(table.columns))
			n++
		}
		require.Equal(t, table.size, n)
		sizes[table.name] = n
	}
	require.Equal(t, map[string]int{
		"users": 10_000, "friendships": 200_000, "posts": 50_000, "comments": 100_000, "seeded": 1, // a friendship is two rows
	}, sizes)
	require.Equal(t, 360_001, g.rows())
}

func TestNobodyKnowsAnybodyOfAnotherTenant(t *testing.T) {
	for _, users := range []int{testUsers, 101} {
		g := newGraph(users)
		friends := map[[2]int]bool{}
		for _, f := range g.friendships {
			require.NotEqual(t, f[0], f[1])
			require.Equal(t, tenantOf(f[0]), tenantOf(f[1]))
			require.False(t, friends[f], "twice")
			friends[f] = true
		}
		for i, best := range g.bestFriends {
			require.True(t, friends[[2]int{i + 1, best}], "the best friend is a friend")
		}
		posts := map[any]any{}
		for _, table := range g.tables() {
			for row := range table.rows {
				switch table.name {
				case "posts":
					require.Equal(t, row[1], tenantOf(row[2].(int)))
					posts[row[0]] = row[1]
				case "comments":
					require.Equal(t, row[1], tenantOf(row[3].(int)), "its author's")
					require.Equal(t, posts[row[2]], row[1], "its post's")
				}
			}
		}
	}
}

func TestTheSameSeedMakesTheSameGraph(t *testing.T) {
	one, two := newGraph(testUsers), newGraph(testUsers)
	require.Equal(t, one, two)
	for i, table := range one.tables() {
		require.Equal(t, fmt.Sprint(slices.Collect(table.rows)), fmt.Sprint(slices.Collect(two.tables()[i].rows)))
	}
}

func TestADatabaseIsFilledOnce(t *testing.T) {
	file := t.TempDir() + "/graph with a space.db"
	for range 2 {
		s, err := open(t.Context(), file, 100, silent)
		require.NoError(t, err)
		n := 0
		require.NoError(t, s.db.QueryRow(`SELECT count(*) FROM users`).Scan(&n))
		require.Equal(t, 100, n)
		require.NoError(t, s.Close())
	}
	_, err := open(t.Context(), file, 200, silent)
	require.ErrorContains(t, err, "the database has a graph of 100 users from seed 2026, not one of 200")
}
