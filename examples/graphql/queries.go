// The queries that are measured.
package main

const (
	// seedsQuery is the one of the library's README.
	seedsQuery = `{ me { bestFriend { friends(first: 5) { bestFriend { name } } } } }`

	friendsOfFriendsQuery = `{ me { friends(first: 10) { name friends(first: 10) { name bestFriend { name } } } } }`

	pageQuery = `{ users(first: 100) { name bestFriend { name } posts(first: 3) { title } } }`

	lengthsQuery = `{ users(first: 50) { few: friends(first: 2) { name } more: friends(first: 5) { name bestFriend { name } } } }`

	unevenQuery = `{ me {
  bestFriend { bestFriend { bestFriend { posts(first: 5) { comments { text } } } } }
  friends(first: 10) { posts(first: 5) { title comments { author { bestFriend { name } } } } }
} }`

	feedQuery = `{ feed(first: 100) { title author { name } comments { text author { name } } } }`
)

var measured = []struct{ name, query string }{
	{"best friends of my best friend's friends", seedsQuery},
	{"my friends' friends, and their best friends", friendsOfFriendsQuery},
	{"a page of 100 users, with best friends and posts", pageQuery},
	{"50 users, with friends in two lengths", lengthsQuery},
	{"uneven: deep on one side, wide on the other", unevenQuery},
	{"a feed of 100 posts, with authors and comments' authors", feedQuery},
}

// The queries that show in what order graphql-go calls thunks.
const (
	chainQuery = `{ me {
  bestFriend { bestFriend { bestFriend { bestFriend { name } } } }
  friends(first: 3) { bestFriend { bestFriend { bestFriend { name } } } }
} }`

	mutationQuery = `mutation {
  a: setBestFriend(id: 3) { id bestFriend { id } friends(first: 4) { bestFriend { name } posts(first: 2) { comments { text } } } }
  b: setBestFriend(id: 5) { id bestFriend { id } }
  c: addFriend(id: 5) { friends(first: 100) { id posts(first: 1) { comments { text } } } }
}`
)

var ordered = []struct{ name, query string }{
	{"a feed: every chain of the same length", feedQuery},
	{"best friends of mine, and of my friends", chainQuery},
	{"uneven: deep on one side, wide on the other", unevenQuery},
	{"a mutation of three fields", mutationQuery},
}
