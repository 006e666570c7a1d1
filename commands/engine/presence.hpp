// Whether some engine leads already. Only a courtesy: it keeps engines from taking the lead from
// one another without need. What is right is settled by the log (engine.hpp).
#pragma once

#include <functional>

namespace engine {

class Presence {
 public:
  virtual ~Presence() = default;
  // Whether this engine leads, from now on.
  virtual void leads(bool now) = 0;
  // Asks the others; `answer` hears at most once, from any thread, whether one of them leads.
  // Silence means that one may lead and cannot speak.
  virtual void ask(std::function<void(bool somebody_leads)> answer) = 0;
};

}  // namespace engine
