// Whom a verifier trusts: c2sp.org/tlog-policy.
//
//   log <vkey> [<url>]
//   witness <name> <vkey> [<url>]
//   group <name> all|any|<k> <name>...
//   quorum <name>|none
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/verify/note.hpp"

namespace verify {

// A file of the user's is not what it must be; a sentence that says what to do.
struct Usage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Trusted {
  std::string name;  // of a witness: in the policy
  PublicKey key;
  std::string url;  // empty: none is given
};

class Policy {
 public:
  // Throws Usage, with the number of the line.
  static Policy parse(std::string_view text);

  const std::vector<Trusted>& logs() const { return logs_; }
  const std::vector<Trusted>& witnesses() const { return witnesses_; }

  struct Witnessed {
    std::vector<std::string> by;  // whose cosignatures are good
    bool quorum = false;
  };
  // Whether a log has signed the note is not looked at. Throws NotVerified when a cosignature is
  // bad.
  Witnessed witnessed(const Note& note) const;

  struct Judgement {
    Checkpoint checkpoint;
    Witnessed witnessed;
  };
  // Throws NotVerified unless one of the logs has signed the note; that witnesses are missing is
  // said by `quorum`.
  Judgement judge(const Note& note) const;

 private:
  struct Group {
    std::size_t needed = 0;
    std::vector<std::string> members;
  };

  bool counts(const std::string& name, const std::vector<std::string>& by) const;
  void read_line(const std::vector<std::string>& words);
  void name_once(const std::string& name) const;
  PublicKey read_key(const std::string& vkey, Kind kind, const std::vector<Trusted>& others) const;

  std::vector<Trusted> logs_, witnesses_;
  std::map<std::string, Group> groups_;
  std::optional<std::string> quorum_;
};

}  // namespace verify
