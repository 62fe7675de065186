using System.Collections.Immutable;

namespace Toe.Adapters;

/// <summary>The ids of adapters that the operator has set aside. By id, since an adapter that is removed and comes back is still not wanted.</summary>
internal sealed class IsolatedAdapters
{
    private ImmutableHashSet<string> _ids = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    public bool Contains(string id) => Volatile.Read(ref _ids).Contains(id);

    /// <summary>Adds one.</summary>
    /// <returns>False when it was there already.</returns>
    public bool Add(string id) => ImmutableInterlocked.Update(ref _ids, static (ids, added) => ids.Add(added), id);

    /// <summary>Takes one out.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Remove(string id) => ImmutableInterlocked.Update(ref _ids, static (ids, removed) => ids.Remove(removed), id);
}
