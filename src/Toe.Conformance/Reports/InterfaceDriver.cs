namespace Toe.Conformance;

/// <summary>The driver of a network interface of this machine, as Linux tells it.</summary>
internal static class InterfaceDriver
{
    /// <summary>The driver's name, and its version where its module has one.</summary>
    /// <param name="name">The interface.</param>
    /// <returns>Null where there is no such interface, or no driver of a device behind it.</returns>
    public static string? Of(string name)
    {
        if (!OperatingSystem.IsLinux() || name.Length == 0 || name is "." or ".." || name.Contains('/', StringComparison.Ordinal))
            return null;
        try
        {
            var driver = new DirectoryInfo($"/sys/class/net/{name}/device/driver"); // Documentation/driver-api/driver-model/binding.rst
            if (driver.ResolveLinkTarget(returnFinalTarget: true) is not { } target)
                return null;
            var version = new FileInfo($"{target.FullName}/module/version"); // Documentation/ABI/stable/sysfs-module
            return version.Exists ? $"{target.Name} {File.ReadAllText(version.FullName).Trim()}" : target.Name;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
