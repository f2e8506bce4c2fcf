// The social graph of examples/graphql, made from the same seed: a copy of its graph.go, so that neither example depends on
// the other.
package store

import (
	"cmp"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
)

// The graph has so many of each for one user; with 10 000 users that is 100 000 friendships and 50 000 posts.
const (
	graphSeed          = 2026
	DefaultUsers       = 10_000
	friendshipsPerUser = 10
	postsPerUser       = 5
	commentsPerPost    = 2
)

// graph is a table of rows for each table.
type graph struct {
	users       int
	bestFriends []int    // of user i+1
	friendships [][2]int // both ways, in order
}

var tenants = [2]string{"acme", "globex"}

// tenantOf divides the users: the odd ids belong to one tenant, the even ones to another, and nobody knows anybody of
// the other.
func tenantOf(user int) string { return tenants[(user+1)%2] }

// newGraph makes a graph of n users, at least 100. Everybody chooses ten friends, and one of those is the best.
func newGraph(n int) *graph {
	n = max(n, 100)
	rng := rand.New(rand.NewPCG(graphSeed, uint64(n)))
	g := &graph{users: n, bestFriends: make([]int, n)}
	known := make(map[[2]int]bool, 2*n*friendshipsPerUser)
	for user := 1; user <= n; user++ {
		for chosen := 0; chosen < friendshipsPerUser; {
			friend := 1 + rng.IntN(n)
			if friend == user || tenantOf(friend) != tenantOf(user) || known[[2]int{user, friend}] {
				continue
			}
			known[[2]int{user, friend}], known[[2]int{friend, user}] = true, true
			g.friendships = append(g.friendships, [2]int{user, friend}, [2]int{friend, user})
			chosen++
			if chosen == 1 {
				g.bestFriends[user-1] = friend
			}
		}
	}
	slices.SortFunc(g.friendships, func(a, b [2]int) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	return g
}

// table is the rows of one table, as the databases take them.
type table struct {
	name    string
	columns []string
	size    int
	rows    iter.Seq[[]any]
}

// tables lists what is in the graph. Its rows are made as they are asked for, the same each time.
func (g *graph) tables() []table {
	posts := g.users * postsPerUser
	author := func(post int) int { return 1 + (post*7919)%g.users }
	return []table{
		{"users", []string{"id", "tenant", "name", "best_friend"}, g.users, numbered(g.users, func(i int) []any {
			return []any{i, tenantOf(i), userName(i), g.bestFriends[i-1]}
		})},
		{"friendships", []string{"user_id", "friend_id"}, len(g.friendships), func(yield func([]any) bool) {
			for _, f := range g.friendships {
				if !yield([]any{f[0], f[1]}) {
					return
				}
			}
		}},
		{"posts", []string{"id", "tenant", "author", "title"}, posts, numbered(posts, func(i int) []any {
			return []any{i, tenantOf(author(i)), author(i), fmt.Sprintf("%s %s", titles[i%len(titles)], topics[i/3%len(topics)])}
		})},
		{"comments", []string{"id", "tenant", "post", "author", "text"}, posts * commentsPerPost,
			numbered(posts*commentsPerPost, func(i int) []any {
				post := 1 + (i-1)%posts
				by := 1 + (author(post)-1+2*(i*31%97+1))%(g.users&^1) // of the same tenant: an even number of users on
				return []any{i, tenantOf(by), post, by, remarks[i%len(remarks)]}
			})},
		{"seeded", []string{"users", "seed"}, 1, numbered(1, func(int) []any { return []any{g.users, graphSeed} })},
	}
}

func numbered(n int, row func(int) []any) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := 1; i <= n; i++ {
			if !yield(row(i)) {
				return
			}
		}
	}
}

func userName(id int) string {
	return fmt.Sprintf("%s %s %d", firstNames[id*5%len(firstNames)], lastNames[id/7%len(lastNames)], id)
}

var (
	firstNames = []string{"Ada", "Bruno", "Chidi", "Dana", "Emeka", "Farah", "Goran", "Hana", "Ilse", "Jun", "Kavya", "Luca", "Mina"}
	lastNames  = []string{"Okafor", "Lindqvist", "Haddad", "Moreau", "Tanaka", "Novak", "Silva", "Byrne", "Castellanos", "Petrov", "Yilmaz"}
	titles     = []string{"Notes on", "In praise of", "The trouble with", "A short history of", "Five questions about", "Learning"}
	topics     = []string{"batching", "bread", "queues", "mountains", "old maps", "ticks", "gardens", "night trains", "parsers"}
	remarks    = []string{"Well put.", "I don't agree.", "More of this, please.", "How do you know?", "Same here.", "Thank you."}
)
