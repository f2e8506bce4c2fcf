// The shipped data must be what this program writes, or the next one to run it changes the example by surprise.
package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestShippedFileIsWhatThisProgramWrites(t *testing.T) {
	shipped, err := os.ReadFile("../users.json")
	require.NoError(t, err)
	require.Equal(t, string(encode(generate())), string(shipped), "run: go generate ./examples/quickstart")
}

func TestEveryBeginningOfTheFileIsAWholeGraph(t *testing.T) {
	for _, u := range generate() {
		own := 0
		for _, id := range u.Friends {
			require.NotEqual(t, u.ID, id, "user %d befriends itself", u.ID)
			if id <= max(founders, u.ID) {
				own++
			}
		}
		require.GreaterOrEqual(t, own, leastOwn, "user %d", u.ID)
		require.Contains(t, u.Friends, u.BestFriend, "user %d", u.ID)
		require.LessOrEqual(t, u.BestFriend, max(founders, u.ID), "user %d", u.ID)
	}
}
