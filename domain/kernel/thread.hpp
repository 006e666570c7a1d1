// Threads that say in `top -H` what they do, and how urgent it is.
#pragma once

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>

namespace kernel {

// At most 15 characters are kept.
inline void name_thread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

// This thread runs when its process leaves time. (On Linux a thread has a priority of its own.)
inline void yield_to_others() {
  const auto self = static_cast<id_t>(gettid());
  setpriority(PRIO_PROCESS, self, getpriority(PRIO_PROCESS, self) + 10);
}

}  // namespace kernel
