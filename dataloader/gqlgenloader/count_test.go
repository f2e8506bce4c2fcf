package gqlgenloader_test

import (
	"testing"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver"
)

var exactRows = []row{
	{"one load", `{ user(id: 1) { id } }`, [][]int{{1}}},
	{"root fields", `{ a: user(id: 1) { id } b: user(id: 2) { id } c: user(id: 3) { id } }`, [][]int{{1, 2, 3}}},
	{
		"a chain", `{ user(id: 1) { friend { friend { friend { name } } } } }`,
		[][]int{{1}, {11}, {21}, {31}},
	},
	{
		"a list", `{ users(first: 4) { id friend { name friend { name } } } }`,
		[][]int{{11, 12, 13, 14}, {21, 22, 23, 24}},
	},
	{
		"two fields for each element", `{ users(first: 3) { a: friend { id } friends(first: 2) { id friend { id } } } }`,
		[][]int{{11, 12, 13, 101, 102, 103, 104}, {111, 112, 113, 114}},
	},
	{"an element alone", `{ users(first: 1) { friend { friend { id } } strictly: rival { id } } }`, [][]int{{11, 2001}, {21}}},
	{"no elements", `{ users(first: 0) { friend { id } } user(id: 5) { friend { id } } }`, [][]int{{5}, {15}}},
	{"null", `{ a: user(id: 0) { friend { id } } b: user(id: 5) { friend { id } } }`, [][]int{{5}, {15}}},
	{"nulls in a list", `{ gappy(first: 5) { id friend { id } } }`, [][]int{{11, 13, 15}}},
	{
		"lists of lists", `{ matrix(size: 4) { id friend { id friend { id } } } }`,
		[][]int{{111, 211, 212, 311, 312, 313}, {121, 221, 222, 321, 322, 323}},
	},
	{"leaves only", `{ users(first: 3) { id name } user(id: 7) { __typename } }`, [][]int{{7}}},
	{"typename only", `{ __typename users(first: 3) { __typename } user(id: 7) { friend { __typename } } }`, [][]int{{7}, {17}}},
	{
		"a resolver that waits elsewhere", `{ sleepy(id: 1) { friend { id } } user(id: 2) { friend { id } } }`,
		[][]int{{1, 2}, {11, 12}},
	},

	{
		"goroutines of a resolver", `{ a: user(id: 90000) { friend { id } } b: user(id: 2) { friend { id } } }`,
		[][]int{{2, 90000, 90001}, {12, 90010}},
	},

	// Fields without resolvers.
	{
		"objects made inline", `{ page(first: 4) { edges { cursor node { friend { id } } } count } user(id: 9) { friend { id } } }`,
		[][]int{{1, 2, 3, 4, 9}, {11, 12, 13, 14, 19}},
	},
	{
		// gqlgen resolves the fields of a card before those of the user that have goroutines, and the first card before the second
		"inline before concurrent", `{ users(first: 3) { friend { id } card { owner { id } other { id } } more: card { color back { reader { id } } } } }`,
		[][]int{{1, 2, 3, 4}, {11, 13, 52}, {12}},
	},
	{
		"inline under one", `{ user(id: 2) { card { owner { name } } again: card { other { name friend { id } } } boss { name } } }`,
		[][]int{{2}, {3}, {13}, {1002}},
	},
	{"methods with a ctx", `{ users(first: 3) { boss { boss { id } } friend { id } } }`, [][]int{{11, 12, 13, 1001, 1002, 1003}, {2001, 2002, 2003}}},

	{
		"a method of another name", `{ users(first: 2) { chief { id friend { id } } other: chief { id } friend { id } } }`,
		[][]int{{11, 12, 1001, 1002}, {1011, 1012}},
	},

	// Interfaces and unions.
	{
		"an interface", `{ nodes(first: 8) { id ... on User { friend { id } } ... on Book { author { friend { id } } } } }`,
		[][]int{{11, 15, 502, 506}, {512, 516}},
	},
	{
		"an interface of which one type asks for nothing", `{ nodes(first: 8) { ... on Book { author { id } } } user(id: 9) { friend { id } } }`,
		[][]int{{9, 502, 506}, {19}},
	},
	{
		"a union", `{ found(first: 4) { __typename ... on User { friend { id } } ... on Book { title author { id friend { id } } } } }`,
		[][]int{{11, 13, 501, 503}, {511, 513}},
	},
	{
		"a field of either type", `{ nodes(first: 4) { ... on Node { id } ... on User { who: friend { id } } ... on Book { who: author { id } } } }`,
		[][]int{{11, 502}},
	},

	{
		// the object Book is a Novel in Go, and asks for nothing
		"an interface with an object of another name", `{ nodes(first: 8) { ... on User { friend { friend { id } } } ... on Pen { id } } user(id: 9) { friend { id } } }`,
		[][]int{{9, 11, 15}, {19, 21, 25}},
	},
	{
		"a union whose Go types stand for other objects elsewhere", `{ kept(first: 4) { ... on User { friend { id } } ... on Tome { writer { friend { id } } reader { id } } } }`,
		[][]int{{11, 13, 501, 503, 902, 904}, {511, 513}},
	},

	// Objects that are maps in Go.
	{
		"a map", `{ note(id: 1) { id text owner { friend { id } } author { id friend { id } } } none: note(id: 3) { author { id } } }`,
		[][]int{{11}, {701}, {711}}, // what is in the map is written out first
	},
	{
		"maps in lists", `{ notes(first: 4) { id author { friend { id } } reply { author { id } } } user(id: 9) { friend { id } } }`,
		[][]int{{9, 701, 702, 704, 3701, 3702, 3704}, {19, 711, 712, 714}},
	},
	{
		"lists in maps", `{ notes(first: 3) { replies { author { id } owner { id boss { id } } } author { friend { id } } } }`,
		[][]int{{4004, 4005, 4007, 4008}, {3704, 3705, 3707, 3708}, {701, 702}, {711, 712}},
	},
	{
		"a map that has a name", `{ memos(first: 4) { id note { text owner { friend { id } } author { id } } author { id } } }`,
		[][]int{{11, 12, 14}, {701, 702, 704}, {801, 802, 804}},
	},

	// Fragments and directives.
	{
		"fragments", `query { users(first: 2) { ...A ...B friend { name } } } fragment A on User { friend { id friend { id } } } fragment B on Node { id ...A }`,
		[][]int{{11, 12}, {21, 22}},
	},
	{
		"skip and include",
		`{ users(first: 2) { friend { id } a: boss @skip(if: true) { id } ... on User @include(if: false) { b: rival { id } } c: friends(first: 1) @include(if: true) { id } } }`,
		[][]int{{11, 12, 101, 102}},
	},
	{
		"everything skipped", `{ users(first: 2) { friend @skip(if: true) { id } } user(id: 4) { friend { id } } }`,
		[][]int{{4}, {14}},
	},
	{"a directive that refuses", `{ closed { friend { id } } user(id: 4) { friend { id } } }`, [][]int{{4}, {14}}},
	{"a directive that answers", `{ stub { friend { friend { id } } boss { id } } user(id: 4) { friend { id } } }`, [][]int{{4, 60, 1050}, {14, 70}}},

	// Errors and null propagation.
	{
		"errors and panics", `{ users(first: 3) { failing { friend { id } } panicking { friend { id } } friend { friend { id } } } }`,
		[][]int{{11, 12, 13}, {21, 22, 23}},
	},
	{
		"a null that takes the whole list", `{ users(first: 3) { strict { id } friend { friend { id } } } user(id: 5) { friend { id } } }`,
		[][]int{{-3, -2, -1, 5, 11, 12, 13}, {15, 21, 22, 23}},
	},

	// Batch resolvers.
	{
		"a batch resolver", `{ users(first: 4) { rival { friend { id } } friend { id } } }`,
		[][]int{{11, 12, 13, 14, 2001, 2002, 2003, 2004}, {2011, 2012, 2013, 2014}},
	},
	{"a batch resolver twice", `{ users(first: 2) { a: rival { id } b: rival { rival { id } } } }`, [][]int{{2001, 2002}, {4001, 4002}}},

	// Mutations: one root field after the other.
	{
		"a mutation", `mutation { a: rename(id: 1) { user { friend { id } } } b: rename(id: 2) { user { friend { id } } } }`,
		[][]int{{1}, {11}, {2}, {12}},
	},
	{"a write in between", `mutation { a: rename(id: 1) { user { id } } b: rename(id: 1) { user { id } } }`, [][]int{{1}, {1}}},
	{
		"the query under a mutation", `mutation { a: rename(id: 1) { query { user(id: 5) { friend { id } } other: user(id: 6) { id } } user { id friend { id } } } }`,
		[][]int{{1}, {5, 6}, {15}, {11}},
	},
	{"introspection", `{ __type(name: "User") { fields { name } } user(id: 1) { friend { id } } }`, [][]int{{1}, {11}}},
}

// Each row is asked so many times, and always makes the same batches, with nothing forced.
func TestBatchesAreExact(t *testing.T) { ask(t, testserver.Unlimited, exactRows) }
