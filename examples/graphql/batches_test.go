// What a query costs, counted by the store: with loaders, and with thunks alone, and without both.
package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// asked is an answer with what the store has counted.
type asked struct {
	reply
	statements int
}

func askCounted(t *testing.T, s *store, c client, query string) asked {
	before := s.statements.Load()
	r, err := c.post(t.Context(), query, nil)
	require.NoError(t, err)
	require.Empty(t, r.Errors)
	a := asked{r, int(s.statements.Load() - before)}
	require.Equal(t, a.statements, r.Extensions.Batches.Statements, "what the answer says is what the store has counted")
	return a
}

const unevenInFragments = `{ me { ...deep ... on User { ...wide } } }
fragment deep on User { bestFriend { ...further } }
fragment further on User { bestFriend { bestFriend { posts(first: 5) { comments { text } } } } }
fragment wide on User { friends(first: 10) { ...more @include(if: true) } }
fragment more on User { posts(first: 5) { title ... on Post { comments { author { bestFriend { name } } } } } }`

func TestTheSeedsQuery(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *store) {
		a := newTestAPI(t, s)
		naive := *a
		naive.naive = true
		with := askCounted(t, s, startTest(t, a, defaultDeadline), seedsQuery)
		without := askCounted(t, s, startTest(t, &naive, defaultDeadline), seedsQuery)
		require.Equal(t, without.Data, with.Data)
		require.Equal(t, 13, without.statements)
		require.LessOrEqual(t, with.statements, 4)
	})
}

// Each batch is the only one of its loader in its round, and the rounds are as many as the longest chain of loads: fewer
// rounds are not possible.
func TestNoQueryCostsMoreThanItsLongestChain(t *testing.T) {
	uneven := []string{
		"users",            // me
		"users", "friends", // my best friend, my friends
		"users", "posts", // that one's best friend, my friends' posts
		"users", "comments", // and that one's, the posts' comments
		"posts", "users", // that one's posts, the comments' authors
		"comments", "users", // those posts' comments, the authors' best friends
	}
	rows := []struct {
		name, query string
		rounds      uint64
		batches     []string
	}{
		{"the seed's", seedsQuery, 4, []string{"users", "users", "friends", "users"}},
		{"lists beside objects, on uneven depths", unevenQuery, 6, uneven},
		{"the same through fragments", unevenInFragments, 6, uneven},
		{"a feed", feedQuery, 3, []string{"feed", "users", "comments", "users"}},
		{"lists of two lengths", lengthsQuery, 3, []string{"pages", "friends", "users"}},
		{"two roots", `{ me { posts { title } } user(id: 3) { bestFriend { posts { title } } } }`, 3,
			[]string{"users", "posts", "users", "posts"}},
		{"a field by two names, with a fragment", `
			{ me { ...f b: bestFriend { ...f } } }
			fragment f on User { a: bestFriend { name ... on User { friends(first: 2) { name } } } bestFriend { id } }`, 4,
			[]string{"users", "users", "users", "friends", "friends"}},
		{"what is skipped is not loaded", `{ me { name bestFriend @skip(if: true) { name } friends @include(if: false) { name } posts { title } } }`, 2,
			[]string{"users", "posts"}},
	}
	eachDatabase(t, func(t *testing.T, s *store) {
		c := startTest(t, newTestAPI(t, s), defaultDeadline)
		for _, row := range rows {
			t.Run(row.name, func(t *testing.T) {
				for range 10 { // graphql-go goes through maps, so its order is another each time
					got := askCounted(t, s, c, row.query).Extensions.Batches
					names := []string{}
					seen := map[string]bool{}
					for _, b := range got.Batches {
						names = append(names, b.Loader)
						once := fmt.Sprint(b.Loader, b.Round)
						require.False(t, seen[once], "two batches of %s in round %d", b.Loader, b.Round)
						seen[once] = true
						require.Equal(t, 1, b.Statements)
					}
					require.EqualValues(t, row.rounds, got.Rounds)
					require.ElementsMatch(t, row.batches, names)
				}
			})
		}
	})
}

// Why asking ahead is there. Were this to fail because graphql-go has changed, ahead.go could go.
func TestThunksAloneCostMore(t *testing.T) {
	s := openTest(t, "")
	a := newTestAPI(t, s)
	plain := *a
	plain.plain = true
	ahead, alone := startTest(t, a, defaultDeadline), startTest(t, &plain, defaultDeadline)
	with, without := askCounted(t, s, ahead, unevenQuery), askCounted(t, s, alone, unevenQuery)
	require.Equal(t, with.Data, without.Data)
	require.Greater(t, without.Extensions.Batches.Rounds, with.Extensions.Batches.Rounds)

	// A mutation's thunks are called depth first, so hardly two loads ever meet.
	with, without = askCounted(t, s, ahead, mutationQuery), askCounted(t, s, alone, mutationQuery)
	require.Equal(t, with.Data, without.Data)
	require.Greater(t, without.statements, 2*with.statements)
}

func TestTheAnswersAreTheSame(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *store) {
		answers := map[string][]map[string]any{}
		for _, set := range []func(*api){
			func(a *api) { a.naive = true }, func(*api) {}, func(a *api) { a.plain = true }, func(a *api) { a.eager = true },
		} {
			a := newTestAPI(t, s)
			set(a)
			c := startTest(t, a, defaultDeadline)
			for _, m := range measured {
				answers[m.name] = append(answers[m.name], askCounted(t, s, c, m.query).Data)
			}
		}
		for name, all := range answers {
			require.Len(t, all, 4)
			for _, other := range all[1:] {
				require.Equal(t, all[0], other, name)
			}
		}
	})
}

func TestKeysOfDifferentLengthsShareAStatement(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *store) {
		before := s.statements.Load()
		keys := []List{{1, 2}, {1, 5}, {3, 1}, {99999, 5}, {2, 5}}
		found, err := s.Friends(t.Context(), tenants[0], keys)
		require.NoError(t, err)
		require.EqualValues(t, 1, s.statements.Load()-before)
		require.Len(t, found[keys[0]], 2)
		require.Len(t, found[keys[1]], 5)
		require.Equal(t, found[keys[0]], found[keys[1]][:2])
		require.Len(t, found[keys[2]], 1)
		require.Empty(t, found[keys[3]], "nobody")
		require.Empty(t, found[keys[4]], "of another tenant")
		require.Contains(t, found, keys[3])
		require.Contains(t, found, keys[4])
	})
}

func TestAnyNumberOfKeysIsOneStatement(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *store) {
		ids := make([]int, 50_000) // SQLite takes 32 766 parameters, PostgreSQL 65 535
		for i := range ids {
			ids[i] = i + 1
		}
		before := s.statements.Load()
		found, err := s.Users(t.Context(), tenants[0], ids)
		require.NoError(t, err)
		require.Len(t, found, testUsers/2)
		require.EqualValues(t, 1, s.statements.Load()-before)
	})
}

func TestTheExtensionsTellWhatHappened(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *store) {
		c := startTest(t, newTestAPI(t, s), defaultDeadline)
		got := askCounted(t, s, c, `{ me { bestFriend { name } friends(first: 3) { name } } }`).Extensions.Batches
		require.EqualValues(t, 2, got.Rounds)
		require.Len(t, got.Batches, 3)
		require.Equal(t, 3, got.Statements)
		require.Positive(t, got.Micros)
		first := got.Batches[0]
		require.Equal(t, "users", first.Loader)
		require.EqualValues(t, 1, first.Round)
		require.Equal(t, []string{"1"}, first.Keys)
		require.Equal(t, 1, first.Size)
		require.True(t, strings.HasPrefix(first.SQL, "SELECT id, name, best_friend FROM users WHERE"), first.SQL)
		require.Positive(t, first.Micros)
		for _, b := range got.Batches[1:] {
			require.EqualValues(t, 2, b.Round)
			require.GreaterOrEqual(t, b.StartMicros, first.StartMicros+first.Micros)
		}
		users := got.Loaders["users"]
		require.EqualValues(t, 2, users.Batches)
		require.EqualValues(t, 2, users.Keys)
		require.Equal(t, users.Loads, users.Hits+users.Keys)
		require.NotContains(t, got.Loaders, "comments", "it was not asked for")
	})
}
