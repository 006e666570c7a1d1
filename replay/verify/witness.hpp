// A witness: it signs that a checkpoint continues the one of the same log that it signed before, so
// that a log cannot show different histories to different people without its witnesses' help
// (c2sp.org/tlog-witness, c2sp.org/tlog-cosignature).
//
// Concurrency: any thread. What was signed last is looked at and replaced under one lock, so that
// two requests at once cannot take a log back.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "replay/verify/policy.hpp"

namespace verify {

class Witness {
 public:
  // Where the last cosigned checkpoint of each log is kept.
  class Memory {
   public:
    virtual ~Memory() = default;
    virtual std::optional<std::string> load(const std::string& origin) = 0;
    // On the disk when it returns; the old one or the new one whatever happens. Throws
    // std::runtime_error.
    virtual void store(const std::string& origin, const std::string& note) = 0;
  };
  // A signature line over the text of a note.
  using Cosign = std::function<std::string(std::string_view text)>;

  // `logs` lists the logs whose checkpoints it takes.
  Witness(const Policy& logs, Memory& memory, Cosign cosign)
      : logs_{logs}, memory_{memory}, cosign_{std::move(cosign)} {}

  struct Answer {
    unsigned status = 200;
    std::string_view content_type;  // a literal
    std::string body;
  };
  // Throws std::runtime_error when it cannot be kept; then nothing is signed.
  Answer add_checkpoint(std::string_view body);
  // The last one of a log, named by the SHA-256 of its origin in hexadecimal.
  Answer checkpoint(std::string_view origin_hash);

 private:
  const Policy& logs_;
  Memory& memory_;
  Cosign cosign_;
  std::mutex mutex_;  // over looking at what was signed last and replacing it
};

}  // namespace verify
