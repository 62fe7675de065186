using System.Collections;
using System.Reflection;

namespace Toe.Core.Tests.Configuration;

public sealed class ConfigurationSchemaTests
{
    [Fact]
    public void Knows_every_option_and_no_other() =>
        Assert.Equal(Keys(typeof(ToeOptions)).Order(StringComparer.Ordinal), ConfigurationSchema.Toe.Keys.Order(StringComparer.Ordinal));

    private static IEnumerable<string> Keys(Type type)
    {
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
            return Keys(type.GetGenericArguments()[0]).Select(key => "*" + key);
        return type.Namespace == "Toe" && type.IsClass
            ? type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .SelectMany(p => Keys(p.PropertyType).Select(key => $":{p.Name}{key}"))
            : [""];
    }
}
