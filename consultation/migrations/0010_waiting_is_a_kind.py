from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultation', '0009_privacy_tells_more'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mailpreference',
            name='kind',
            field=models.CharField(choices=[('reply', 'A reply to me'), ('decision', 'A decision about my contribution'), ('followed', 'Something new in what I follow'), ('mention', 'Somebody mentions me'), ('closing', 'A roundtable I take part in closes soon'), ('note', 'A background note is published'), ('waiting', 'What waits for my decision as a moderator')], max_length=10, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('reply', 'A reply to me'), ('decision', 'A decision about my contribution'), ('followed', 'Something new in what I follow'), ('mention', 'Somebody mentions me'), ('closing', 'A roundtable I take part in closes soon'), ('note', 'A background note is published'), ('waiting', 'What waits for my decision as a moderator')], max_length=10, verbose_name='kind'),
        ),
    ]
