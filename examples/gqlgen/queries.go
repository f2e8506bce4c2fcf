// The queries of examples/graphql, with the number of statements that each should take.
package main

const (
	seedsQuery            = `{ me { bestFriend { friends(first: 5) { bestFriend { name } } } } }`
	friendsOfFriendsQuery = `{ me { friends(first: 10) { name friends(first: 10) { name bestFriend { name } } } } }`
	pageQuery             = `{ users(first: 100) { name bestFriend { name } posts(first: 3) { title } } }`
	lengthsQuery          = `{ users(first: 50) { few: friends(first: 2) { name } more: friends(first: 5) { name bestFriend { name } } } }`
	unevenQuery           = `{ me {
  bestFriend { bestFriend { bestFriend { posts(first: 5) { comments { text } } } } }
  friends(first: 10) { posts(first: 5) { title comments { author { bestFriend { name } } } } }
} }`
	feedQuery = `{ feed(first: 100) { title author { name } comments { text author { name } } } }`
)

// measured has what each query needs: a statement for each loader in each round, and one for a page.
var measured = []struct {
	name, query string
	statements  int64
}{
	{"best friends of my best friend's friends", seedsQuery, 4},
	{"my friends' friends, and their best friends", friendsOfFriendsQuery, 4},
	{"a page of 100 users, with best friends and posts", pageQuery, 3},
	{"50 users, with friends in two lengths", lengthsQuery, 3},
	{"uneven: deep on one side, wide on the other", unevenQuery, 11},
	{"a feed of 100 posts, with authors and comments' authors", feedQuery, 4},
}
