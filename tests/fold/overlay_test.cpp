#include "domain/fold/overlay.hpp"

#include <doctest/doctest.h>

#include <random>

#include "tests/simulation/memory_store.hpp"
#include "tests/support/seed.hpp"

TEST_SUITE("fold: overlay") {
  TEST_CASE("it reads back what was written, undoes what is rolled back, and hands over the rest") {
    std::mt19937_64 random{support::seed()};
    constexpr fold::Family families = 3;
    simulation::MemoryStore store, model, before;
    fold::Overlay overlay{store, families};
    for (int step = 0; step < 5'000; ++step) {
      const fold::Family family = 1 + random() % (families - 1);
      const auto key = "key-" + std::to_string(random() % 30);
      switch (random() % 8) {
        case 0:
          overlay.savepoint();
          before = model;
          break;
        case 1:
          // Only since a savepoint is there something to undo.
          overlay.savepoint();
          before = model;
          for (int i = 0; i < 3; ++i) {
            const auto changed = "key-" + std::to_string(random() % 30);
            overlay.put(family, changed, std::to_string(step));
            model.write({{family, changed, std::to_string(step)}});
          }
          overlay.rollback();
          model = before;
          break;
        case 2: {
          fold::Batch batch;
          overlay.flush(batch);
          store.write(batch);
          break;
        }
        case 3:
          overlay.put(family, key, std::nullopt);
          model.write({{family, key, std::nullopt}});
          break;
        default:
          overlay.put(family, key, std::to_string(step));
          model.write({{family, key, std::to_string(step)}});
      }
      CHECK(overlay.get(family, key) == model.get(family, key));
    }
    fold::Batch batch;
    overlay.flush(batch);
    store.write(batch);
    for (fold::Family family = 1; family < families; ++family)
      for (int i = 0; i < 30; ++i) {
        const auto key = "key-" + std::to_string(i);
        CHECK(store.get(family, key) == model.get(family, key));
      }
  }
}
