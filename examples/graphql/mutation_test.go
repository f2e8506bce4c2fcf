package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/scheduler"
)

func TestAMutationWritesInOrderThenReadsInBatches(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *store) {
		c := startTest(t, newTestAPI(t, s), defaultDeadline)
		for range 5 {
			got := askCounted(t, s, c, mutationQuery)
			object := func(name string) map[string]any { return got.Data[name].(map[string]any) }
			require.Equal(t, map[string]any{"id": "3"}, object("a")["bestFriend"], "the row as it was after its own write")
			require.Equal(t, map[string]any{"id": "5"}, object("b")["bestFriend"])

			var names []string
			for _, b := range got.Extensions.Batches.Batches {
				names = append(names, b.Loader)
			}
			require.ElementsMatch(t, []string{
				"setBestFriend", "setBestFriend", "addFriend", // one write each
				"users", "friends", // both best friends; both lists
				"users", "posts", // a's friends' best friends; both lists' posts
				"comments",
			}, names)
			require.Equal(t, names[:3], []string{"setBestFriend", "setBestFriend", "addFriend"})
			require.EqualValues(t, 3, got.Extensions.Batches.Rounds)
		}
		after := askCounted(t, s, c, `{ me { bestFriend { id } friends(first: 100) { id } } }`).Data["me"].(map[string]any)
		require.Equal(t, map[string]any{"id": "5"}, after["bestFriend"])
		require.Contains(t, after["friends"], map[string]any{"id": "5"})
	})
}

func TestAWriteOfWhatIsNotThereIsAnError(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *store) {
		c := startTest(t, newTestAPI(t, s), defaultDeadline)
		for _, id := range []string{"2", "1", "99999"} { // of another tenant, oneself, nobody
			r, err := c.post(t.Context(), `mutation { a: setBestFriend(id: `+id+`) { id } b: addFriend(id: `+id+`) { id } }`, nil)
			require.NoError(t, err)
			require.Equal(t, map[string]any{"a": nil, "b": nil}, r.Data)
			require.Len(t, r.Errors, 2)
			require.Equal(t, errNoSuchUser.Error(), r.Errors[0].Message)
		}
		n := 0
		require.NoError(t, s.db.QueryRow(`SELECT count(*) FROM friendships f JOIN users a ON a.id = f.user_id
			JOIN users b ON b.id = f.friend_id WHERE a.tenant <> b.tenant OR a.id = b.id`).Scan(&n))
		require.Zero(t, n)
	})
}

// What a write has made wrong is forgotten, what it has told is remembered, and the rest stays.
func TestAMutationClearsAndPrimesTheRightKeys(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *store) {
		loop := scheduler.New()
		ctx := t.Context()
		l := loaded{ctx, s, tenants[0], newLoaders(loop, s, tenants[0])}
		defer loop.Close()
		for _, id := range []int{1, 3, 7} {
			_, err := l.users.Load(id).Await(ctx)
			require.NoError(t, err)
			_, err = l.loaders.friends.Load(List{id, 100}).Await(ctx)
			require.NoError(t, err)
			_, err = l.loaders.friends.Load(List{id, 2}).Await(ctx)
			require.NoError(t, err)
		}
		batches := func() (users, friends uint64) { return l.users.Stats().Batches, l.loaders.friends.Stats().Batches }
		users, friends := batches()

		_, err := l.setBestFriend(1, 7, nil)
		require.NoError(t, err)
		u, err := l.users.Load(1).Await(ctx)
		require.NoError(t, err)
		require.Equal(t, 7, u.BestFriend)
		_, err = l.users.Load(3).Await(ctx)
		require.NoError(t, err)
		now, _ := batches()
		require.Equal(t, users, now, "the new row was primed, and the other kept")

		_, err = l.addFriend(1, 7, nil)
		require.NoError(t, err)
		_, err = l.loaders.friends.Load(List{3, 100}).Await(ctx)
		require.NoError(t, err)
		_, now = batches()
		require.Equal(t, friends, now, "a third one's list was kept")
		for _, id := range []int{1, 7} {
			list, err := l.loaders.friends.Load(List{id, 100}).Await(ctx)
			require.NoError(t, err)
			require.Contains(t, idsOf(list), 8-id, "both have the other in the list")
			_, err = l.loaders.friends.Load(List{id, 2}).Await(ctx)
			require.NoError(t, err)
		}
		_, now = batches()
		require.Equal(t, friends+4, now, "every length of both lists was asked for again")
	})
}

func idsOf(users []User) (ids []int) {
	for _, u := range users {
		ids = append(ids, u.ID)
	}
	return ids
}
