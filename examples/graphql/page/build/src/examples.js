// The tabs that a first visit opens. The first is the query of the example's README.
export const examples = [
  `# Press the button, or Ctrl-Enter. Each bar that
# appears below is a batch: one SQL statement.
# The book on the left documents the schema.

query BestFriends {
  me {
    bestFriend {
      friends(first: 5) {
        bestFriend {
          name
        }
      }
    }
  }
}
`,
  `# 100 posts, their authors, their comments,
# and the authors of those.

query Feed {
  feed(first: 100) {
    title
    author {
      name
    }
    comments(first: 5) {
      text
      author {
        name
      }
    }
  }
}
`,
  `# Branches of uneven depth. What can be asked in
# one round shares a batch, wherever it stands.

query Uneven {
  me {
    posts(first: 3) {
      comments(first: 2) {
        author {
          name
        }
      }
    }
    bestFriend {
      bestFriend {
        bestFriend {
          name
        }
      }
    }
  }
  user(id: 3) {
    friends(first: 3) {
      name
    }
  }
}
`,
  `# One field with three sizes makes one batch all
# the same: the size is part of the loader's key.

query Sizes {
  me {
    few: friends(first: 2) {
      name
    }
    some: friends(first: 10) {
      name
    }
    many: friends(first: 50) {
      name
      bestFriend {
        name
      }
    }
  }
}
`,
]
