// Those who cosign the log's checkpoints (c2sp.org/tlog-witness), as a policy names them.
//
// Concurrency: one thread; ask() waits for the witnesses, a few seconds at most.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateways/outbound/http_client.hpp"
#include "projections/audit/note.hpp"
#include "replay/verify/policy.hpp"

namespace cli {

class Witnesses {
 public:
  // Throws UsageError when the policy cannot be used, or a witness has no address in it.
  explicit Witnesses(const std::filesystem::path& policy);
  ~Witnesses();
  Witnesses(const Witnesses&) = delete;
  Witnesses& operator=(const Witnesses&) = delete;

  // The consistency proof from a smaller size to the checkpoint's, a hash in base64 on each line.
  using Proof = std::function<std::string(std::uint64_t old_size)>;

  struct Answer {
    std::string note;                  // with the cosignatures that came
    std::vector<std::string> missing;  // whose did not, by their names in the policy
    bool quorum = false;
  };
  Answer ask(const std::string& note, std::uint64_t size, const Proof& proof);

 private:
  struct Asked;

  std::string cosignature_of(
      Asked& witness, const verify::Note& note, std::string_view lines) const;
  void ask_once(std::vector<Asked*>& asked, const std::string& note, const Proof& proof);

  verify::Policy policy_;
  outbound::Loop loop_{"witnesses"};
  std::vector<std::unique_ptr<Asked>> asked_;
};

}  // namespace cli
